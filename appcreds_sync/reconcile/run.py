"""One run over all the stores asked for, side by side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.report import Report
from appcreds_sync.model.slips import instead
from appcreds_sync.reconcile.expiry import expiry_warnings
from appcreds_sync.reconcile.gate import Gate
from appcreds_sync.reconcile.progress import NoProgress
from appcreds_sync.reconcile.resolving import resolve
from appcreds_sync.reconcile.turn import Turn
from appcreds_sync.reconcile.verifying import Verification

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.reconcile.gate import Approve
    from appcreds_sync.reconcile.options import RunOptions
    from appcreds_sync.reconcile.progress import Progress
    from appcreds_sync.secrets.reader import SecretReader


async def run(  # noqa: PLR0913  # what a run needs is handed in, so that a test can hand in its own
    manifest: Manifest,
    catalogue: Catalogue,
    reader: SecretReader,
    options: RunOptions,
    *,
    today: dt.date,
    progress: Progress | None = None,
    approve: Approve | None = None,
) -> Report:
    """Plan every chosen store and, where `options.apply` says so, carry the plans out.

    `today` decides which `expires` dates are near; `approve` sees all plans before the first
    change. Raise UsageError for a store that is not there.
    """
    specs = choose_stores(manifest, options.stores)
    resolution = await asyncio.to_thread(
        resolve, manifest, specs, catalogue, reader, read_secrets=options.read_secrets
    )
    gate = Gate([spec.name for spec in specs], keep_going=options.keep_going, approve=approve)
    turn = Turn(
        options,
        gate,
        asyncio.Semaphore(options.concurrency),
        progress or NoProgress(),
        Verification(catalogue, options.verify),
    )
    try:
        async with asyncio.TaskGroup() as group:
            turns = [group.create_task(turn.run(store)) for store in resolution.stores]
    except ExceptionGroup as mistakes:
        # A turn raises only what is a mistake of ours; a group would hide where it was made.
        raise mistakes.exceptions[0] from None
    refused = gate.refused if options.apply else ()
    twins = tuple(problem for problem in gate.twins if problem not in refused)
    return Report(
        stores=tuple(task.result() for task in turns),
        failures=resolution.failures,
        warnings=(*resolution.warnings, *expiry_warnings(manifest, today), *twins),
        stopped_by_guard=options.apply and gate.stopped,
        refused=refused,
    )


def choose_stores(manifest: Manifest, selectors: Sequence[str]) -> tuple[StoreSpec, ...]:
    """Return the stores that `selectors` (names or labels; none is all) choose.

    Raise UsageError where one of them names nothing.
    """
    known = {name for spec in manifest.stores.values() for name in (spec.name, *spec.labels)}
    unknown = [selector for selector in selectors if selector not in known]
    if unknown:
        raise UsageError([_unknown_store(selector, known) for selector in unknown])
    return tuple(spec for spec in manifest.stores.values() if selects(tuple(selectors), spec))


def _unknown_store(selector: str, known: set[str]) -> Problem:
    return Problem(
        "unknown-store", f"--store {selector} is no store and no label", instead(selector, known)
    )
