"""What a turn's report means for its store, kept, logged and published."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.report import ExitCode, Outcome, Report, exit_code
from appcreds_sync.watch.credentials import credentials_of
from appcreds_sync.watch.events import log, warn
from appcreds_sync.watch.incidents import (
    Incident,
    Source,
    became_empty,
    emptied,
    found_in_plan,
    found_in_store,
    updated,
)
from appcreds_sync.watch.status import KEPT_TURNS, State, StoreStatus, TurnRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.report import StoreReport
    from appcreds_sync.watch.waking import Cause


def state_of(report: StoreReport) -> State:
    """Return how a store fares after this turn."""
    code = exit_code(Report((report,)), detailed=True)
    if code is ExitCode.FAILED:
        return State.FAILING
    if code is ExitCode.NEEDS_A_PERSON:
        return State.NEEDS_A_PERSON
    if code is ExitCode.PENDING:
        return State.DRIFTED
    return State.IN_SYNC


def summary_of(report: StoreReport) -> str:
    """Return what the turn did, in a few words without a secret."""
    if report.plan is None:
        return report.problems[0].what if report.problems else "not looked at"
    if report.taken_up:
        done = Counter(f"{r.change.action} {r.outcome}" for r in report.taken_up)
        return ", ".join(f"{count} {words}" for words, count in sorted(done.items()))
    due = Counter(change.action.value for change in report.plan.changes)
    words = [f"{count} {action}" for action, count in sorted(due.items())]
    return ", ".join([*words, f"{report.plan.unchanged} unchanged"])


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that has ended, and what was seen with it."""

    turn: str
    causes: frozenset[Cause]
    started: dt.datetime
    seconds: float
    report: StoreReport
    desired: Desired
    expiring: tuple[tuple[str, Problem], ...]
    """Secrets that will soon be refused, with their keys."""
    signed_out: tuple[tuple[str, Problem], ...] | None
    """Accounts that do not work any more since an earlier turn; None where none could be asked."""
    address: str
    connected: bool


class StoreHistory:
    """Follows one store from turn to turn."""

    def __init__(self, name: str, publish: Callable[[StoreStatus], None]) -> None:
        self._publish = publish
        self._status = StoreStatus(name, "")
        self._incidents: dict[str, Incident] = {}
        self._held: int | None = None
        """How many items the store held when it was last seen, where that is known."""

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What is the matter, after the last turn."""
        return self._status.incidents

    def disconnected(self) -> None:
        """Note that the connection is gone; the next turn says whether that matters."""
        log("connection-lost", store=self._status.name)
        self._status = replace(self._status, connected=False)
        self._publish(self._status)

    def add(self, ended: Ended) -> None:
        """Take a turn that has ended."""
        report = ended.report
        now = dt.datetime.now(tz=dt.UTC)
        before, state = self._status, state_of(report)
        record = TurnRecord(
            ended.turn, ended.causes, ended.started, ended.seconds, state, summary_of(report)
        )
        found = {
            Source.STORE: found_in_store(report),
            Source.PLAN: found_in_plan(report),
            Source.ACCOUNTS: ended.signed_out,
            Source.CALENDAR: ended.expiring,
        }
        lost = became_empty(self._held, report.items_found)
        passing = None if lost is None else emptied(lost, self._incidents, now)
        incidents = updated(self._incidents, found, passing, now)
        if report.plan is not None:
            self._held = report.items_left
        _log(before.name, record, report)
        _log_incidents(before.name, ended.turn, self._incidents, incidents)
        self._incidents = incidents
        self._status = StoreStatus(
            name=before.name,
            address=ended.address,
            state=state,
            connected=ended.connected,
            report=report,
            turns=(record, *before.turns)[:KEPT_TURNS],
            last_success=before.last_success if state is State.FAILING else now,
            incidents=tuple(incidents.values()),
            credentials=tuple(credentials_of(ended.desired, report)),
        )
        self._publish(self._status)


def _log(store: str, record: TurnRecord, report: StoreReport) -> None:
    causes = ",".join(sorted(record.causes))
    for result in report.taken_up:
        say = log if result.outcome in {Outcome.APPLIED, Outcome.SKIPPED} else warn
        say(
            "change",
            turn=record.turn,
            store=store,
            action=result.change.action.value,
            identity=str(result.change.identity),
            credential=result.change.credential,
            outcome=result.outcome.value,
            problem=None if result.problem is None else str(result.problem),
        )
    say = warn if record.state is State.FAILING else log
    say(
        "turn",
        turn=record.turn,
        store=store,
        causes=causes,
        state=record.state.value,
        seconds=round(record.seconds, 3),
        did=record.summary,
    )


def _log_incidents(
    store: str, turn: str, before: Mapping[str, Incident], now: Mapping[str, Incident]
) -> None:
    for key in now.keys() - before.keys():
        warn("incident", turn=turn, store=store, problem=str(now[key].problem))
    for key in before.keys() - now.keys():
        log("incident-over", turn=turn, store=store, code=before[key].problem.code)
