"""Reports as the comment of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.cli.render.harmless import in_markdown
from appcreds_sync.cli.render.words import (
    action_word,
    detail,
    doubles_at_the_end,
    failures_to_tell,
    result_word,
    subject,
    totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.report import ChangeResult, Report, StoreReport


def report_markdown(report: Report) -> str:
    """Return the whole comment: a heading, and a table for each store that has something to say."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "### Application credentials"
    for store in report.stores:
        yield ""
        yield from _store_lines(store)
    for title, problems in (
        ("Errors", tuple(failures_to_tell(report))),
        ("Stopped", report.refused),
        ("Warnings", report.warnings),
    ):
        if problems:
            yield ""
            yield f"**{title}**"
            yield ""
            yield from (_problem(problem) for problem in problems)
    if report.stopped_by_guard:
        yield ""
        yield "**Nothing was changed in any store.**"


def _store_lines(store: StoreReport) -> Iterator[str]:
    summary = "" if store.plan is None else f": {totals(store.plan, store.results)}"
    yield f"**{in_markdown(store.store)}**{summary}"
    if store.skipped_reason is not None:
        yield ""
        yield f"Not compared: {in_markdown(store.skipped_reason.what)}"
    if store.plan is not None and store.plan.changes:
        results = {id(result.change): result for result in store.results}
        yield ""
        yield "| action | integration / auth domain | credential | details |"
        yield "| --- | --- | --- | --- |"
        for change in store.plan.changes:
            yield _row(change, results.get(id(change)))
        _, left = doubles_at_the_end(store.doubles)
        for double in left:
            yield _row(double.change, double)
    guards = () if store.plan is None else store.plan.guards
    problems = (*(guard.problem for guard in guards), *store.problems)
    if problems:
        yield ""
        yield from (_problem(problem) for problem in problems)
    if store.converged is False:
        yield ""
        yield "Not converged: there are changes left."


def _row(change: Change, result: ChangeResult | None) -> str:
    problem = change.reason if result is None else result.problem or change.reason
    details = [detail(change)]
    if change.used_by:
        details.append(f"used by {', '.join(entry.title for entry in change.used_by)}")
    if problem is not None:
        details.append(f"{problem.what}; {problem.hint}" if problem.hint else problem.what)
    if result is not None:
        details.extend(result.notes)
    cells = (
        action_word(change) if result is None else result_word(result),
        str(change.identity),
        subject(change),
        ". ".join(part for part in details if part),
    )
    return f"| {' | '.join(map(in_markdown, cells))} |"


def _problem(problem: Problem) -> str:
    return f"- {in_markdown(str(problem))}"
