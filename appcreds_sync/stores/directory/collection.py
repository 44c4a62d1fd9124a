"""All items of a config directory, as its storage file holds them and as they are to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from appcreds_sync.stores.directory import document as documents
from appcreds_sync.stores.directory import files, rows
from appcreds_sync.stores.directory.layout import CREDENTIALS_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.store import Item, NewItem
    from appcreds_sync.stores.directory.document import JsonObject

_EMPTY: JsonObject = {
    "version": 1,
    "minor_version": 1,
    "key": CREDENTIALS_KEY,
    "data": {"items": []},
}


class Collection:
    """What was read from one storage file, and the changes made to it since; nothing writes it."""

    def __init__(self, path: Path, content: bytes | None) -> None:
        """Take what `path` holds, None for no file; raise StoreError where it is broken."""
        self.content = content
        """What the file held when it was read."""
        self._path = path
        self._document = (
            _EMPTY if content is None else documents.parse(content, path, CREDENTIALS_KEY)
        )
        self._items = rows.items_by_id(self._document, path)
        self._before = documents.rows(self._document, path, "items")
        self._rows = dict(zip(self._items, self._before, strict=True))

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in list order."""
        return tuple(self._items.values())

    @property
    def changed(self) -> bool:
        """Whether the items are no longer those of the file."""
        return list(self._rows.values()) != self._before

    def add(self, new: NewItem) -> Item:
        """Add an item at the end, and return it with the id that Home Assistant would give it."""
        row = rows.new_row(new, self._rows)
        item = rows.item_of(row, self._path, "the new item")
        self._rows[item.id] = row
        self._items[item.id] = item
        return item

    def remove(self, item_id: str) -> None:
        """Take an item away; nothing happens where there is none of that id."""
        self._rows.pop(item_id, None)
        self._items.pop(item_id, None)

    def render(self) -> bytes:
        """Return what the file is to hold: what is not ours to change is as it was."""
        data = cast("JsonObject", self._document["data"])
        items = list(self._rows.values())
        rendered = documents.render({**self._document, "data": {**data, "items": items}})
        return rendered + _white_space_at_end(self.content or b"")


def read_collection(path: Path) -> Collection:
    """Return what the storage file holds; a file that does not exist is an empty collection."""
    return Collection(path, files.read(path))


def _white_space_at_end(content: bytes) -> bytes:
    return content[len(content.rstrip()) :]
