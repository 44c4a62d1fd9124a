"""The dashboard and the alert rules ask for metrics that there are, in sound queries."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch.status import CredentialStatus, State, Status, StoreStatus, TurnRecord
from appcreds_sync.watch.waking import Cause
from appcreds_sync.watch.web.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER: Final = Path(__file__).parents[2] / "examples" / "monitoring"
_NOW: Final = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
_WORDS: Final = frozenset(
    "absent by histogram_quantile increase min rate sort sum time".split()  # noqa: SIM905
)
_LABELS: Final = frozenset("action credential le outcome state store".split())  # noqa: SIM905


def _queries() -> Iterator[str]:
    dashboard = json.loads((_FOLDER / "grafana-dashboard.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    rules = yaml.safe_load((_FOLDER / "alerts.yml").read_text("utf-8"))
    for group in rules["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def exported() -> str:
    """Return what a daemon with one store exports, every metric once at least."""
    status = Status(_NOW)
    metrics = Metrics(status)
    change = Change(Action.CREATE, Identity("spotify", "home.spotify"), "spotify")
    report = StoreReport(
        "house", Plan("house", (change,), (), 0, 0), (ChangeResult(change, Outcome.APPLIED),)
    )
    record = TurnRecord("t", frozenset({Cause.DRIFT}), _NOW, 0.1, State.IN_SYNC, "")
    row = CredentialStatus("spotify", "spotify", "in-sync", expires=_NOW.date())
    house = StoreStatus(
        "house",
        "",
        State.IN_SYNC,
        report=report,
        turns=(record,),
        last_success=_NOW,
        credentials=(row,),
    )
    status.put(house)
    metrics.observe(house)
    return metrics.text().decode()


@pytest.mark.parametrize("query", tuple(_queries()))
def test_a_query_asks_for_what_there_is(query: str) -> None:
    text = exported()
    names = set(re.findall(r"^(appcreds_sync_\w+)", text, re.MULTILINE))
    labels = set(re.findall(r'[{,](\w+)="', text))
    outside = re.sub(r'"[^"]*"|\[[^\]]*\]', "", query)
    used = set(re.findall(r"[A-Za-z_]\w*", outside))

    assert {word for word in used if word.startswith("appcreds_sync_")} <= names
    assert {word for word in used if not word.startswith("appcreds_sync_")} <= _WORDS | _LABELS
    assert used & _LABELS <= labels
    assert [outside.count(mark) for mark in "({"] == [outside.count(mark) for mark in ")}"]


def test_states_in_queries_are_states() -> None:
    states = {state.value for state in State}
    for query in _queries():
        for words in re.findall(r'state=~?"([^"]*)"', query):
            assert set(words.split("|")) <= states


def test_series_of_a_store_that_left_are_gone() -> None:
    status = Status(_NOW)
    metrics = Metrics(status)
    record = TurnRecord("t", frozenset({Cause.DRIFT}), _NOW, 0.1, State.IN_SYNC, "")
    house = StoreStatus("house", "", State.IN_SYNC, turns=(record,))
    status.put(house)
    metrics.observe(house)
    assert 'store="house"' in metrics.text().decode()

    status.remove("house")

    assert 'store="house"' not in metrics.text().decode()


def test_the_dashboard_can_be_imported_anywhere() -> None:
    dashboard = json.loads((_FOLDER / "grafana-dashboard.json").read_text("utf-8"))

    assert dashboard["uid"] == "appcreds-sync"
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {"${DS_PROMETHEUS}"}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
