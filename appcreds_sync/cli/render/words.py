"""What text and Markdown say of a change, in the same words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import PENDING, Action
from appcreds_sync.model.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.report import ChangeResult, Report

_DONE = {Action.CREATE: "created", Action.REPLACE: "replaced", Action.DELETE: "deleted"}
_FIELDS = {"client_id": "client id", "client_secret": "client secret", "name": "name"}


def subject(change: Change) -> str:
    """Name the credential; empty where nothing is declared, as `detail` then names the item."""
    return change.credential or ""


def detail(change: Change) -> str:
    """Say in a few words what the change is about."""
    item = change.item
    match change.intended or change.action:
        case Action.CREATE:
            return f"client id {change.client_id}" if change.client_id else ""
        case Action.REPLACE:
            fields = ", ".join(_FIELDS[field] for field in change.differs)
            return f"another {fields}" if fields else ""
        case Action.DELETE | Action.RETAINED | Action.SHADOWED:
            return "" if item is None else f"item {item.id}, client id {item.client_id}"
        case Action.BLOCKED:
            return ""
        case never:
            assert_never(never)


def action_word(change: Change) -> str:
    """`create`, or `blocked: create` where that is what waits."""
    if change.intended is None:
        return change.action.value
    return f"{change.action.value}: {change.intended.value}"


def result_word(result: ChangeResult) -> str:
    """`created`, `create failed`, `delete skipped`."""
    action = result.change.action
    if result.outcome is Outcome.APPLIED:
        return _DONE[action]
    if result.outcome is Outcome.RELINK_NEEDED:
        return f"{_DONE[action]}, {result.outcome.value}"
    return f"{action.value} {result.outcome.value}"


def doubles_at_the_end(doubles: Sequence[ChangeResult]) -> tuple[int, Sequence[ChangeResult]]:
    """Return how many are gone, and what came of the others the last time that they were tried."""
    last = {(double.change.identity, double.change.item): double for double in doubles}
    left = [double for double in last.values() if double.outcome is not Outcome.APPLIED]
    return len(last) - len(left), left


def failures_to_tell(report: Report) -> Iterator[Problem]:
    """Yield what could not be read, each once: where a store told it already, only that it did."""
    told = {_words(problem) for store in report.stores for problem in store.problems}
    for store in report.stores:
        changes = () if store.plan is None else store.plan.changes
        told.update(_words(change.reason) for change in changes if change.reason is not None)
    untold = [failure for failure in report.failures if _words(failure) not in told]
    yield from untold
    if len(untold) < len(report.failures):
        yield Problem("told-above", "not everything could be read, as told above", "")


def _words(problem: Problem) -> tuple[str, str]:
    return problem.what, problem.hint  # without the place, which each teller gives in its own way


def totals(plan: Plan, results: Sequence[ChangeResult] = ()) -> str:
    """`2 to create, 1 to delete; 3 unchanged, 1 unmanaged`, or, with results, `2 created, …`."""
    if results:
        todo = Counter(result_word(result) for result in results)
    else:
        todo = Counter(f"to {change.action.value}" for change in plan.pending())
    standing = Counter(change.action for change in plan.changes if change.action not in PENDING)
    rest = [
        *(f"{count} {action.value}" for action, count in standing.items()),
        f"{plan.unchanged} unchanged",
    ]
    if plan.not_compared:
        rest.append(f"{len(plan.not_compared)} not compared")
    if plan.skipped:
        rest.append(f"{len(plan.skipped)} skipped (unsupported)")
    rest.append(f"{plan.unmanaged} unmanaged")
    done = ", ".join(f"{count} {word}" for word, count in todo.items())
    return f"{done or 'nothing to do'}; {', '.join(rest)}"
