"""Carries a plan out: creates and replaces side by side, then the deletes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.model.store import NewItem
from appcreds_sync.model.verdict import VerdictKind
from appcreds_sync.reconcile.deleting import delete_items
from appcreds_sync.reconcile.reviving import revive_accounts
from appcreds_sync.reconcile.rotation.rotating import Rotation
from appcreds_sync.stores.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from appcreds_sync.model.desired import Desired, DesiredCredential
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.reconcile.progress import Progress
    from appcreds_sync.stores.interface import Store


async def apply_plan(  # noqa: PLR0913  # each is a part of one turn
    plan: Plan,
    desired: Desired,
    snapshot: Snapshot,
    store: Store,
    progress: Progress,
    *,
    may_begin: Callable[[], bool] = lambda: True,
) -> tuple[ChangeResult, ...]:
    """Carry out what is pending in `plan`, made from `snapshot`; return its results, in order.

    A change that fails leaves the others to go on; one that `may_begin` forbids is skipped, and
    what was begun is finished. Raise nothing but what is a mistake of ours.
    """
    pending = plan.pending()
    progress.add(len(pending))
    results: dict[int, ChangeResult] = {}

    def keep(done: Sequence[ChangeResult]) -> None:
        results.update((id(result.change), result) for result in done)

    wanted = {
        (credential.declaration.identity, credential.declaration.credential): credential
        for credential in desired.credentials
    }
    rotations = [
        Rotation(
            change,
            new_item(wanted[change.identity, str(change.credential)]),
            store,
            desired.policy.settle,
            proved=change.verdict is not None and change.verdict.kind is VerdictKind.RIGHT,
        )
        for change in pending
        if change.rotates and snapshot.capabilities.reload
    ]
    rotating = {id(rotation.change) for rotation in rotations}
    plain = [change for change in pending if id(change) not in rotating]
    made: set[str] = set()
    try:
        async with store.writing():
            if may_begin():
                keep(await _put(plain, wanted, store, progress, made))
            if may_begin():
                keep(await _rotate(rotations, progress))
            going = _to_delete(plain, results, may_begin=may_begin())
            keep(await delete_items(going, desired, store, progress, made=made))
            keep(await revive_accounts(tuple(results.values()), desired, snapshot, store))
    except StoreError as error:
        return _undone(pending, results, error.problem)
    return tuple(
        results.get(id(change)) or ChangeResult(change, Outcome.SKIPPED) for change in pending
    )


async def _rotate(rotations: Sequence[Rotation], progress: Progress) -> Sequence[ChangeResult]:
    async def rotate(rotation: Rotation) -> ChangeResult:
        result = await rotation.run()
        progress.advance()
        return result

    return await asyncio.gather(*map(rotate, rotations))


async def _put(
    pending: Sequence[Change],
    wanted: Mapping[tuple[Identity, str], DesiredCredential],
    store: Store,
    progress: Progress,
    made: set[str],
) -> Sequence[ChangeResult]:
    """Create what `pending` asks for; the ids go into `made`."""

    async def put(change: Change) -> ChangeResult:
        try:
            item = await store.create(new_item(wanted[change.identity, str(change.credential)]))
        except StoreError as error:
            progress.advance()
            return ChangeResult(change, Outcome.FAILED, error.problem)
        made.add(item.id)
        if change.action is Action.CREATE:  # a replace is done when the old item is gone
            progress.advance()
        return ChangeResult(change, Outcome.APPLIED)

    puts = [change for change in pending if change.action in {Action.CREATE, Action.REPLACE}]
    return await side_by_side(put, puts)


def _to_delete(
    pending: Sequence[Change], results: Mapping[int, ChangeResult], *, may_begin: bool
) -> Sequence[Change]:
    """Return the replaces whose new item is there, and if one may begin them the deletes."""
    done = {key for key, result in results.items() if result.outcome is Outcome.APPLIED}
    return [
        change
        for change in pending
        if (change.action is Action.DELETE and may_begin)
        or (change.action is Action.REPLACE and id(change) in done)
    ]


def _undone(
    pending: Sequence[Change], results: Mapping[int, ChangeResult], problem: Problem
) -> tuple[ChangeResult, ...]:
    """Return the results where the whole store refused; what failed before keeps its reason."""
    failed = {key: done for key, done in results.items() if done.outcome is Outcome.FAILED}
    return tuple(
        failed.get(id(change)) or ChangeResult(change, Outcome.FAILED, problem)
        for change in pending
    )


def new_item(wanted: DesiredCredential) -> NewItem:
    """Return what a create sends for `wanted`, whose values must have been read."""
    secret, client_id = wanted.client_secret, wanted.client_id
    if not isinstance(secret, Resolved) or not isinstance(client_id, str):
        message = "a change without its values must never reach apply"
        raise TypeError(message)
    declaration = wanted.declaration
    return NewItem(
        domain=declaration.identity.integration,
        client_id=client_id,
        client_secret=secret.value,
        auth_domain=declaration.key,
        name=declaration.display_name,
    )
