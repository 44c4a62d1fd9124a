"""What a person should know of a store, one entry for as long as it lasts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import FAILURES, Outcome
from appcreds_sync.reconcile.expiry import expiry_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.plan import Plan
    from appcreds_sync.model.report import StoreReport

_BAD = FAILURES | {Outcome.RELINK_NEEDED}
_STANDING = frozenset({Action.BLOCKED, Action.SHADOWED})
_FEWEST = 2
"""A store of one item is emptied by a person who deletes it."""
_SHOWN_FOR = dt.timedelta(days=1)
"""How long an incident is shown that is over when it is noticed."""
_ANEW_AFTER = dt.timedelta(hours=1)


class Source(StrEnum):
    """Where an incident is seen; where nobody could look, it stands."""

    STORE = "store"
    """The way to it."""
    PLAN = "plan"
    """What it holds, and what became of the changes."""
    ACCOUNTS = "accounts"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that is the matter."""

    key: str
    """What it is and of what: the same for as long as it lasts."""
    problem: Problem
    since: dt.datetime
    source: Source = Source.PLAN
    until: dt.datetime | None = None
    """For what has happened and is over: how long to show it."""


def found_in_store(report: StoreReport) -> Iterator[tuple[str, Problem]]:
    """Yield what is the matter with the store as a whole, with its keys."""
    seen: Counter[str] = Counter()
    for problem in report.problems:
        seen[problem.code] += 1
        count = seen[problem.code]
        yield (problem.code if count == 1 else f"{problem.code}:{count}"), problem


def found_in_plan(report: StoreReport) -> tuple[tuple[str, Problem], ...] | None:
    """Return what is the matter with what the store holds, with its keys, what failed first.

    None where the store could not be read.
    """
    return None if report.plan is None else tuple(_found(report, report.plan))


def _found(report: StoreReport, plan: Plan) -> Iterator[tuple[str, Problem]]:
    for result in report.taken_up:
        if result.outcome in _BAD and result.problem is not None:
            yield f"{result.problem.code}:{result.change.identity}", result.problem
    if report.converged is False and FAILURES.isdisjoint(done.outcome for done in report.taken_up):
        yield _NOT_CONVERGED.code, _NOT_CONVERGED
    if (drift := drift_in(report)) is not None:
        yield drift.code, drift
    for guard in plan.guards:
        yield f"guard:{guard.kind}", guard.problem
    for change in plan.changes:
        if change.action in _STANDING and change.reason is not None:
            yield f"{change.reason.code}:{change.identity}", change.reason


_NOT_CONVERGED = Problem(
    "not-converged",
    "every change was made, yet the store differed again when it was read once more",
    "look for a second daemon or another tool that writes to this store",
)


def drift_in(report: StoreReport) -> Problem | None:
    """Return what to report where changes are due and were not to be made."""
    due = 0 if report.applied or report.plan is None else len(report.plan.pending())
    if not due:
        return None
    return Problem(
        "drift",
        f"{'1 credential differs' if due == 1 else f'{due} credentials differ'} from the manifest, "
        "and healing is off",
        "run `appcreds-sync sync`, or set `watch.heal: true`",
    )


def expiring(manifest: Manifest, store: StoreSpec, today: dt.date) -> Iterator[tuple[str, Problem]]:
    """Yield a problem for each secret of this store that will soon be refused, with its key."""
    for name, spec in manifest.credentials.items():
        if selects(spec.stores, store):
            alone = replace(manifest, credentials={name: spec})
            for problem in expiry_warnings(alone, today):
                yield f"expires:{name}", problem


def became_empty(held: int | None, found: int | None) -> Problem | None:
    """Return what to report where a store that `held` items has none of them, and nobody said so.

    None is a number that is not known. Home Assistant renames a storage file that it can't read
    away, and starts with none (2024.3.3 to 2026.11): that is an accident, not somebody's wish.
    """
    if held is None or held < _FEWEST or found != 0:
        return None
    return Problem(
        "store-emptied",
        "every credential was gone at once, also those that are nobody's here",
        "what is declared was restored; if an unmanaged one is missing, look for "
        "application_credentials.corrupt… in Home Assistant's .storage",
    )


def emptied(problem: Problem, before: Mapping[str, Incident], now: dt.datetime) -> Incident:
    """Return the incident of a store that has lost everything `now`.

    That is a new one each time; but where something empties the store over and over, one an hour.
    """
    until = now + _SHOWN_FOR
    for incident in before.values():
        if incident.problem.code == problem.code and now - incident.since < _ANEW_AFTER:
            return replace(incident, until=until)
    return Incident(f"emptied:{now.isoformat(timespec='seconds')}", problem, now, until=until)


def updated(
    before: Mapping[str, Incident],
    found: Mapping[Source, Iterable[tuple[str, Problem]] | None],
    passing: Incident | None,
    now: dt.datetime,
) -> dict[str, Incident]:
    """Return the incidents that stand now: those `found` keep the time since when they stand.

    None is found where nobody could look: what stood there stands. `passing` is what has happened
    and is over; the one before it goes, else when its time is over.
    """
    stand = {
        key: replace(before.get(key) or Incident(key, problem, now), problem=problem, source=source)
        for source, pairs in found.items()
        for key, problem in pairs or ()
    }
    for key, incident in before.items():
        if incident.until is not None:
            stays = passing is None and now < incident.until
        else:
            stays = found.get(incident.source) is None
        if stays:
            stand.setdefault(key, incident)
    return stand if passing is None else {**stand, passing.key: passing}
