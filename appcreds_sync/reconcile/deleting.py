"""The deletes of a plan, each looked at once more just before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.stores.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, ItemRef
    from appcreds_sync.model.store import Item
    from appcreds_sync.reconcile.progress import Progress
    from appcreds_sync.stores.interface import Store


async def delete_items(
    changes: Sequence[Change], desired: Desired, store: Store, progress: Progress
) -> Sequence[ChangeResult]:
    """Delete the item of each of `changes`; return what became of them, in their order."""
    if not changes:
        return ()
    try:
        now = await store.items()
    except StoreError as error:
        # Nobody can look again, so nothing goes; what was created before stays what it is.
        return [_not_looked(change, error, progress) for change in changes]
    look = _look_again(changes, desired, now)

    async def delete(change: Change) -> ChangeResult:
        outcome, problem = await _delete(change, look, store)
        progress.advance()
        return ChangeResult(change, outcome, problem)

    return await side_by_side(delete, changes)


def _not_looked(change: Change, error: StoreError, progress: Progress) -> ChangeResult:
    progress.advance()
    return ChangeResult(change, Outcome.FAILED, error.problem)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the store holds just before the deletes."""

    items: Mapping[str, Item]
    """By id."""
    must_stay: frozenset[Identity]
    """Declared identities: only what does not count there may go."""
    staying: frozenset[Identity]
    """Identities that still have an item when all the deletes are done."""


def _look_again(changes: Sequence[Change], desired: Desired, now: Sequence[Item]) -> _Look:
    going = {change.item.id for change in changes if change.item is not None}
    catalogue = desired.catalogue
    return _Look(
        items={item.id: item for item in now},
        must_stay=frozenset(wanted.declaration.identity for wanted in desired.credentials),
        staying=frozenset(item.identity(catalogue) for item in now if item.id not in going),
    )


async def _delete(change: Change, look: _Look, store: Store) -> tuple[Outcome, Problem | None]:
    planned = change.item
    if planned is None:
        message = "a delete without an item must never reach apply"
        raise TypeError(message)
    item = look.items.get(planned.id)
    if item is None:
        return Outcome.APPLIED, None
    if not _is_as_planned(item, planned):
        return Outcome.SKIPPED, _meanwhile(planned, "is another one than when the plan was made")
    if change.identity in look.must_stay - look.staying:
        return Outcome.SKIPPED, _meanwhile(planned, "has become the only one of its auth domain")
    try:
        await store.delete(item.id)
    except StoreError as error:
        return Outcome.FAILED, error.problem
    return Outcome.APPLIED, None


def _is_as_planned(item: Item, planned: ItemRef) -> bool:
    return (item.domain, item.client_id, item.auth_domain) == (
        planned.domain,
        planned.client_id,
        planned.auth_domain,
    )


def _meanwhile(planned: ItemRef, what: str) -> Problem:
    return Problem(
        "changed-meanwhile",
        f"the item {planned.id} {what}",
        "somebody else is at work on this store; run sync again",
    )
