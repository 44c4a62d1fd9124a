"""What Prometheus scrapes. No label is unbounded: stores, credentials and closed sets of words."""

from __future__ import annotations

from collections import Counter as Counted
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from appcreds_sync import __version__
from appcreds_sync.watch.status import State
from appcreds_sync.watch.waking import Cause

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from appcreds_sync.watch.status import Status, StoreStatus

_PREFIX = "appcreds_sync"
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counts turns as they end, and reads the rest off the status when it is scraped."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._counted: dict[str, str] = {}
        """By store, the turn that was counted last."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # doubles our series for nothing
        # Not the global one: whoever embeds this has metrics of their own.
        self.registry = CollectorRegistry()
        self._turns = Counter(
            f"{_PREFIX}_turns",
            "Turns, by how the store fared after.",
            ["store", "state"],
            registry=self.registry,
        )
        self._changes = Counter(
            f"{_PREFIX}_changes",
            "Changes that were taken up, by what became of them.",
            ["store", "action", "outcome"],
            registry=self.registry,
        )
        self._drift = Counter(
            f"{_PREFIX}_drift_turns",
            "Turns that a change by somebody else led to.",
            ["store"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            f"{_PREFIX}_turn_duration_seconds",
            "How long turns took.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_AtScrape(status))

    def observe(self, store: StoreStatus) -> None:
        """Count the store's last turn, if that was not done."""
        if not store.turns or self._counted.get(store.name) == store.turns[0].turn:
            return
        record = store.turns[0]
        self._counted[store.name] = record.turn
        self._turns.labels(store.name, record.state.value).inc()
        self._seconds.observe(record.seconds)
        if Cause.DRIFT in record.causes:
            self._drift.labels(store.name).inc()
        for result in store.report.taken_up if store.report is not None else ():
            self._changes.labels(store.name, result.change.action.value, result.outcome.slug).inc()

    def text(self) -> bytes:
        """Return all series, those of stores that have left the manifest no more."""
        for name in self._counted.keys() - self._status.stores.keys():
            del self._counted[name]
            for metric in (self._turns, self._changes, self._drift):
                metric.remove_by_labels({"store": name})
        return generate_latest(self.registry)


class _AtScrape(Collector):
    """Gauges, made of the status as it is now."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge."""
        status = self._status
        stores = tuple(status.stores.values())
        build = _gauge("build_info", "The version that runs.", "version")
        build.add_metric([__version__], 1)
        yield build
        valid = status.manifest_loaded is not None and not status.manifest_problems
        yield _single("manifest_valid", "Whether the manifest as it is now is in force.", valid)
        yield _single(
            "manifest_load_timestamp_seconds",
            "When a manifest was last taken into force.",
            _seconds(status.manifest_loaded),
        )
        yield _single(
            "secrets_read_timestamp_seconds",
            "When all references were last read.",
            _seconds(status.values_read),
        )
        yield _single("secrets_unreadable", "References that can't be read.", status.unreadable)
        state = _gauge("store_state", "1 for the state that a store is in.", "store", "state")
        connected = _gauge("store_connected", "Whether the store is connected.", "store")
        success = _gauge(
            "last_success_timestamp_seconds", "When a turn last did not fail.", "store"
        )
        incidents = _gauge(
            "incidents", "What is the matter with a store, counted by its code.", "store", "code"
        )
        credentials = _gauge("credentials", "Declared credentials, by state.", "store", "state")
        for store in stores:
            for each in State:
                state.add_metric([store.name, each.value], float(store.state is each))
            connected.add_metric([store.name], float(store.connected))
            if store.last_success is not None:
                success.add_metric([store.name], _seconds(store.last_success))
            codes = Counted(incident.problem.code for incident in store.incidents)
            for code, count in sorted(codes.items()):
                incidents.add_metric([store.name, code], count)
            for word in sorted({row.state for row in store.credentials}):
                count = sum(row.state == word for row in store.credentials)
                credentials.add_metric([store.name, word], count)
        yield from (state, connected, success, incidents, credentials)
        expiry = _gauge(
            "secret_expiry_timestamp_seconds", "When a secret expires, as declared.", "credential"
        )
        dates = {
            row.name: row.expires
            for store in stores
            for row in store.credentials
            if row.expires is not None
        }
        for name, date in sorted(dates.items()):
            expiry.add_metric([name], _midnight(date))
        yield expiry


def _gauge(name: str, what: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", what, labels=labels)


def _single(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", what, value=float(value))


def _seconds(moment: dt.datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()


def _midnight(date: dt.date) -> float:
    # 719163 is the ordinal of 1970-01-01.
    return (date.toordinal() - 719163) * 86400.0
