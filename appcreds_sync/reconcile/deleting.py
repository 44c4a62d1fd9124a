"""The deletes of a plan, each looked at once more just before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import CommandRefused, Problem, StoreError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.planning.inventory import Inventory
from appcreds_sync.stores.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, EntryRef, ItemRef
    from appcreds_sync.model.store import Item
    from appcreds_sync.reconcile.progress import Progress
    from appcreds_sync.stores.interface import Store


async def delete_items(
    changes: Sequence[Change],
    desired: Desired,
    store: Store,
    progress: Progress,
    *,
    made: Collection[str] = (),
) -> Sequence[ChangeResult]:
    """Delete the item of each of `changes`; return what became of them, in their order.

    What this turn created (`made`, ids) stays: Home Assistant gives an id again once it is free,
    so a second of us that was quicker leaves the planned id to the new item.
    """
    if not changes:
        return ()
    try:
        look = await _look_again(changes, desired, store, made)
    except StoreError as error:
        # Nobody can look again, so nothing goes; what was created before stays what it is.
        return [_not_looked(change, error, progress) for change in changes]

    async def delete(change: Change) -> ChangeResult:
        planned = change.item
        if planned is None:
            message = "a delete without an item must never reach apply"
            raise TypeError(message)
        result = _needs_no_delete(change, planned, look) or await _delete(change, planned, store)
        progress.advance()
        return result

    return await side_by_side(delete, changes)


def _not_looked(change: Change, error: StoreError, progress: Progress) -> ChangeResult:
    progress.advance()
    return ChangeResult(change, Outcome.FAILED, error.problem)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the store holds just before the deletes."""

    items: Mapping[str, Item]
    """By id, less what this turn created."""
    emptied: frozenset[Identity]
    """Declared identities that would have no item when all the deletes are done."""
    used_by: Mapping[Identity, tuple[EntryRef, ...]]
    """The accounts of each undeclared identity that an item is to be deleted of."""


async def _look_again(
    changes: Sequence[Change], desired: Desired, store: Store, made: Collection[str]
) -> _Look:
    undeclared = {change.identity for change in changes if change.credential is None}
    used_by: Mapping[Identity, tuple[EntryRef, ...]] = {}
    if undeclared:  # what is declared keeps an item, whoever uses it
        snapshot = await store.snapshot({identity.integration for identity in undeclared})
        now: Sequence[Item] = snapshot.items
        inventory = Inventory(desired, snapshot)
        used_by = {identity: inventory.used_by(identity) for identity in undeclared}
    else:
        now = await store.items()
    going = {change.item.id for change in changes if change.item is not None}.difference(made)
    catalogue = desired.catalogue
    staying = {item.identity(catalogue) for item in now if item.id not in going}
    declared = frozenset(wanted.declaration.identity for wanted in desired.credentials)
    return _Look(
        items={item.id: item for item in now if item.id not in made},
        emptied=declared - staying,
        used_by=used_by,
    )


def _needs_no_delete(change: Change, planned: ItemRef, look: _Look) -> ChangeResult | None:
    """Return the result where there is nothing to delete any more, or it must not be."""
    item = look.items.get(planned.id)
    if item is None:
        return ChangeResult(change, Outcome.APPLIED)
    if not _is_as_planned(item, planned):
        return _skipped(change, planned, "is another one than when the plan was made")
    if change.identity in look.emptied:
        return _skipped(change, planned, "has become the only one of its auth domain")
    before = {entry.entry_id for entry in change.used_by}
    for entry in look.used_by.get(change.identity, ()):
        if entry.entry_id not in before:
            return _skipped(change, planned, f'was linked with meanwhile: "{entry.title}" uses it')
    return None


async def _delete(change: Change, planned: ItemRef, store: Store) -> ChangeResult:
    try:
        await store.delete(planned.id)
    except CommandRefused as refused:
        if change.action is not Action.REPLACE:
            return ChangeResult(change, Outcome.FAILED, refused.problem)
        # The new item counts; HA keeps the old one while an account holds its id.
        note = f"the old item {planned.id} stays: {refused.problem.what}"
        return ChangeResult(change, Outcome.APPLIED, notes=(note,))
    except StoreError as error:
        return ChangeResult(change, Outcome.FAILED, error.problem)
    return ChangeResult(change, Outcome.APPLIED)


def _is_as_planned(item: Item, planned: ItemRef) -> bool:
    return (item.domain, item.client_id, item.auth_domain) == (
        planned.domain,
        planned.client_id,
        planned.auth_domain,
    )


def _skipped(change: Change, planned: ItemRef, what: str) -> ChangeResult:
    problem = Problem(
        "changed-meanwhile",
        f"the item {planned.id} {what}",
        "somebody else is at work on this store; run sync again",
    )
    return ChangeResult(change, Outcome.SKIPPED, problem)
