"""A trace of a replace whose old item stays, for the turn that finds it cut off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.store import Item, NewItem
    from appcreds_sync.stores.interface import Store


async def copy_what_stays(change: Change, new: NewItem, store: Store) -> Item | None:
    """Copy the old item where Home Assistant keeps it, as an account holds its id; return the copy.

    Such an item looks the same before and after. Its copy holds the same secret, counts until `new`
    comes, and goes when the accounts have been seen to work: while it is there, nobody saw them.
    Return None where there is nothing to copy. Raise StoreError where it can't be had.
    """
    old = change.item
    if change.resumes or old is None or old.id != new.auth_domain:
        return None
    found = next((item for item in await store.items() if item.id == old.id), None)
    if found is None:
        return None
    copied = replace(new, client_id=found.client_id.strip(), client_secret=found.client_secret)
    return await store.create(copied)
