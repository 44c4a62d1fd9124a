"""Rows of the storage file, read as items and made from new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item
from appcreds_sync.stores.directory import document as documents
from appcreds_sync.stores.directory import ids

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from appcreds_sync.model.store import NewItem
    from appcreds_sync.stores.directory.document import JsonObject


def items_by_id(document: JsonObject, path: Path) -> dict[str, Item]:
    """Return the items in list order, exactly as Home Assistant would use them.

    Nothing is stripped here: white space that came in by hand reaches the provider, so it is a
    difference that a replace must mend. Raise StoreError where a row is not what Home Assistant
    writes, or has an id that another has (Home Assistant itself would silently drop the earlier).
    """
    found: dict[str, Item] = {}
    for index, row in enumerate(documents.rows(document, path, "items")):
        item = item_of(row, path, f"data.items[{index}]")
        if item.id in found:
            raise StoreError(
                Problem(
                    "storage-broken",
                    f"data.items[{index}] has an id that an earlier item has: {item.id}",
                    "take one of them out; Home Assistant would use the later one only",
                    str(path),
                )
            )
        found[item.id] = item
    return found


def new_row(item: NewItem, taken: Container[str]) -> JsonObject:
    """Return the row that Home Assistant would make of `item`, with an id that is not `taken`.

    Fields, their order and what is stripped are those of components/application_credentials.
    """
    client_id = item.client_id.strip()
    return {
        "id": ids.new_id(item.domain, client_id, taken),
        "domain": item.domain,
        "client_id": client_id,
        "client_secret": item.client_secret.reveal().strip(),
        "auth_domain": item.auth_domain,
        "name": item.name,
    }


def item_of(row: JsonObject, path: Path, place: str) -> Item:
    """Return the item in a row; raise StoreError that names `place` where a field is wrong."""
    # An explicit null would become the name None inside Home Assistant, which no account can use.
    own_key = "auth_domain" in row
    named = row.get("name") is not None
    return Item(
        id=documents.text(row, "id", path, place),
        domain=documents.text(row, "domain", path, place),
        client_id=documents.text(row, "client_id", path, place),
        client_secret=Secret(documents.text(row, "client_secret", path, place)),
        auth_domain=documents.text(row, "auth_domain", path, place) if own_key else None,
        name=documents.text(row, "name", path, place) if named else None,
    )
