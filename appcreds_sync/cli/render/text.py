"""Reports for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click import style

from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.words import (
    action_word,
    detail,
    doubles_at_the_end,
    failures_to_tell,
    result_word,
    subject,
    totals,
)
from appcreds_sync.model.plan import PENDING, Action
from appcreds_sync.model.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.plan import Change, ItemRef
    from appcreds_sync.model.report import ChangeResult, Report, StoreReport

_MARKS = {
    Action.CREATE: ("+", "green"),
    Action.REPLACE: ("~", "yellow"),
    Action.DELETE: ("-", "red"),
    Action.BLOCKED: ("!", "magenta"),
    Action.SHADOWED: ("!", "magenta"),
    Action.RETAINED: ("=", "cyan"),
}
_WAITING = frozenset({Action.BLOCKED, Action.SHADOWED})
_FAILED = ("x", "red")


def report_lines(report: Report) -> Iterator[str]:
    """Yield the lines of the report; what is wrong stands last, where the eye is."""
    for store in report.stores:
        yield from _store_lines(store)
    for warning in report.warnings:
        yield from _problem_lines("warning", "yellow", warning)
    for failure in failures_to_tell(report):
        yield from _problem_lines("error", "red", failure)
    for refusal in report.refused:
        yield from _problem_lines("stopped", "magenta", refusal)
    if report.stopped_by_guard:
        yield style("nothing was changed in any store", bold=True)


def _store_lines(store: StoreReport) -> Iterator[str]:
    yield style(store.store, bold=True)
    if store.skipped_reason is not None:
        yield f"  not compared: {store.skipped_reason.what}"
        yield f"    {store.skipped_reason.hint}"
    if store.plan is not None:
        results = {id(result.change): result for result in store.results}
        for change in store.plan.changes:
            yield from _change_lines(change, results.get(id(change)))
        for item in store.plan.unmanaged_same_client:
            yield f"  {style('?', fg='cyan')} unmanaged  {_unmanaged(item)}"
        yield f"  {totals(store.plan, store.results)}"
        for guard in store.plan.guards:
            yield from _problem_lines("  guard", "magenta", guard.problem, where=False)
    for problem in store.problems:
        # Which file or directory it is; the store itself stands in the heading.
        where = problem.where != f"store {store.store}"
        yield from _problem_lines("  error", "red", problem, where=where)
    yield from _ending(store)


def _ending(store: StoreReport) -> Iterator[str]:
    if not store.applied or store.plan is None or not store.results:
        return
    if store.doubles:
        gone, left = doubles_at_the_end(store.doubles)
        noun = "double" if gone == 1 else "doubles"
        yield f"  another sync is at work here: {gone} {noun} taken away"
        for double in left:
            yield from _change_lines(double.change, double)
    if store.converged:
        waits = any(change.action in _WAITING for change in store.plan.changes)
        rest = "nothing left that can be done now" if waits else "nothing left to do"
        yield style(f"  converged: read again, {rest}", fg="green")
    elif store.converged is False:
        yield style("  not converged: read again, there are changes left", fg="red")


def _change_lines(change: Change, result: ChangeResult | None) -> Iterator[str]:
    mark, colour = _MARKS[change.action]
    word = action_word(change)
    problem = change.reason
    if result is not None:
        word = result_word(result)
        problem = result.problem or problem
        if result.outcome not in {Outcome.APPLIED, Outcome.RELINK_NEEDED}:
            mark, colour = _FAILED
    about = "  ".join(
        part for part in (str(change.identity), subject(change), detail(change)) if part
    )
    yield f"  {style(mark, fg=colour, bold=True)} {word:<9}  {on_terminal(about)}"
    if change.used_by and change.action in PENDING:
        yield f"      used by: {on_terminal(', '.join(entry.title for entry in change.used_by))}"
    if change.verdict is not None and change.action in PENDING:
        yield f"      verify: {change.verdict.kind.value}, {on_terminal(change.verdict.words)}"
    if problem is not None:
        yield f"      why: {on_terminal(problem.what)}"
        if problem.hint:
            yield f"      do:  {on_terminal(problem.hint)}"
    if result is not None and result.reloaded:
        took = "" if result.seconds is None else f" in {result.seconds:.1f} s"
        yield f"      reloaded: {on_terminal(', '.join(result.reloaded))}{took}"
    for note in () if result is None else result.notes:
        yield f"      note: {on_terminal(note)}"


def _unmanaged(item: ItemRef) -> str:
    about = f"{item.domain}  item {item.id}, client id {item.client_id}"
    return f"{on_terminal(about)} (as a declared credential's)"


def _problem_lines(
    label: str, colour: str, problem: Problem, *, where: bool = True
) -> Iterator[str]:
    place = f"{problem.where}: " if where and problem.where else ""
    yield f"{style(f'{label}:', fg=colour, bold=True)} {on_terminal(place + problem.what)}"
    if problem.hint:
        indent = " " * (len(label) - len(label.lstrip()) + 2)
        yield f"{indent}{on_terminal(problem.hint)}"
