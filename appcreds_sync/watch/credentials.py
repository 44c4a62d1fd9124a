"""How each declared credential of a store fares, from the last turn's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.report import Outcome
from appcreds_sync.watch.status import CredentialStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.report import ChangeResult, StoreReport

IN_SYNC = "in-sync"


def credentials_of(desired: Desired, report: StoreReport) -> Iterator[CredentialStatus]:
    """Yield one row for each declared credential and integration, in the manifest's order."""
    plan = report.plan
    changes = _by_identity(plan.changes if plan is not None else ())
    results = {result.change.identity: result for result in report.results}
    for row in desired.credentials:
        declaration = row.declaration
        change = changes.get(declaration.identity)
        state = "unknown" if plan is None else IN_SYNC
        problem = None
        if change is not None:
            state, problem = _state(change, results.get(declaration.identity))
        yield CredentialStatus(
            declaration.credential,
            declaration.identity.integration,
            state,
            problem,
            declaration.expires,
            tuple(entry.title for entry in change.used_by) if change is not None else (),
        )


def _by_identity(changes: Iterable[Change]) -> dict[Identity, Change]:
    # A declared identity may have a loser to delete beside its own row: its own counts.
    return {change.identity: change for change in changes if change.credential is not None}


def _state(change: Change, result: ChangeResult | None) -> tuple[str, Problem | None]:
    if result is None:
        return change.action.value, change.reason
    if result.outcome is Outcome.APPLIED:
        return IN_SYNC, None
    return result.outcome.value.replace(" ", "-"), result.problem
