"""How each declared credential of a store fares, from the last turn's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.report import Outcome
from appcreds_sync.watch.status import CredentialStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.report import ChangeResult, StoreReport

IN_SYNC = "in-sync"


def credentials_of(desired: Desired, report: StoreReport) -> Iterator[CredentialStatus]:
    """Yield one row for each declared credential and integration, in the manifest's order."""
    plan = report.plan
    changes = plan.changes if plan is not None else ()
    # A declared identity may have losers to delete beside its own row: its own counts.
    due = {change.identity: change for change in changes if change.credential is not None}
    done = {
        result.change.identity: result
        for result in report.taken_up
        if result.change.credential is not None
    }
    for row in desired.credentials:
        declaration = row.declaration
        change = due.get(declaration.identity)
        yield CredentialStatus(
            declaration.credential,
            declaration.identity.integration,
            "unknown" if plan is None else _state(change, done.get(declaration.identity)),
            declaration.expires,
            tuple(entry.title for entry in change.used_by) if change is not None else (),
        )


def _state(change: Change | None, result: ChangeResult | None) -> str:
    if result is not None:
        return IN_SYNC if result.outcome is Outcome.APPLIED else result.outcome.slug
    return IN_SYNC if change is None else change.action.value
