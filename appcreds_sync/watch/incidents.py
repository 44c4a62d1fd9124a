"""What a person should know of a store, one entry for as long as it lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import Outcome
from appcreds_sync.reconcile.expiry import expiry_warnings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.report import StoreReport

_BAD = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.DEFERRED, Outcome.RELINK_NEEDED})
_STANDING = frozenset({Action.BLOCKED, Action.SHADOWED})


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that is the matter."""

    key: str
    """What it is and of what: the same for as long as it lasts."""
    problem: Problem
    since: dt.datetime
    until: dt.datetime | None = None
    """For what has happened and is over: how long to show it."""


def found_in(report: StoreReport) -> Iterator[tuple[str, Problem]]:
    """Yield what is the matter in a turn's report, with its keys."""
    for problem in report.problems:
        yield problem.code, problem
    if (drift := drift_in(report)) is not None:
        yield drift.code, drift
    if report.plan is not None:
        for guard in report.plan.guards:
            yield f"guard:{guard.kind}", guard.problem
        for change in report.plan.changes:
            if change.action in _STANDING and change.reason is not None:
                yield f"{change.reason.code}:{change.identity}", change.reason
    for result in report.taken_up:
        if result.outcome in _BAD and result.problem is not None:
            yield f"{result.problem.code}:{result.change.identity}", result.problem


def drift_in(report: StoreReport) -> Problem | None:
    """Return what to report where changes are due and were not to be made."""
    due = 0 if report.applied or report.plan is None else len(report.plan.pending())
    if not due:
        return None
    return Problem(
        "drift",
        f"{due} credential{'' if due == 1 else 's'} differ from the manifest, and healing is off",
        "run `appcreds-sync sync`, or set `watch.heal: true`",
    )


def expiring(manifest: Manifest, store: StoreSpec, today: dt.date) -> Iterator[tuple[str, Problem]]:
    """Yield a problem for each secret of this store that will soon be refused, with its key."""
    for name, spec in manifest.credentials.items():
        if selects(spec.stores, store):
            alone = replace(manifest, credentials={name: spec})
            for problem in expiry_warnings(alone, today):
                yield f"expires:{name}", problem


def became_empty(before: StoreReport | None, now: StoreReport) -> Problem | None:
    """Return what to report where a store that held items has lost all of them at a stroke.

    Home Assistant renames a storage file that it can't read away, and starts with none (2024.3.3
    to 2026.11): that is an accident, not somebody's wish.
    """
    if before is None or before.plan is None or now.plan is None:
        return None
    left = now.plan.unchanged + now.plan.unmanaged
    left += sum(change.item is not None for change in now.plan.changes)
    if left or not _held(before):
        return None
    return Problem(
        "store-emptied",
        "every credential was gone at once, also those that are nobody's here",
        "what is declared was restored; if an unmanaged one is missing, look for "
        "application_credentials.corrupt… in Home Assistant's .storage",
    )


def _held(report: StoreReport) -> int:
    if report.plan is None:
        return 0
    made = sum(result.outcome is Outcome.APPLIED for result in report.results)
    return report.plan.unchanged + report.plan.unmanaged + made


def updated(
    before: Mapping[str, Incident],
    found: Iterable[tuple[str, Problem]],
    passing: Iterable[Incident],
    now: dt.datetime,
) -> dict[str, Incident]:
    """Return the incidents that stand now: those `found` keep the time since when they stand.

    `passing` are added; of those that were there before, those whose time is over go.
    """
    kept = {
        key: incident
        for key, incident in before.items()
        if incident.until is not None and now < incident.until
    }
    kept |= {incident.key: incident for incident in passing}
    for key, problem in found:
        earlier = before.get(key)
        kept[key] = (
            Incident(key, problem, now) if earlier is None else replace(earlier, problem=problem)
        )
    return kept
