"""The two ends of a change to a config directory: permission first, one write last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.stores.directory import files, replacing
from appcreds_sync.stores.directory.collection import read_collection
from appcreds_sync.stores.directory.ownership import settle_ownership
from appcreds_sync.stores.directory.running import home_assistant_kept_out

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.stores.directory.collection import Collection
    from appcreds_sync.stores.directory.layout import Layout


def begin(layout: Layout, known: Collection | None, *, declared_stopped: bool) -> Collection:
    """Return the collection to change, once all that can stand against writing it was looked at.

    `known` is what a plan was made from. Raise StoreError where the file is no longer that, a Home
    Assistant runs or may run, or the file could not be given its owner.
    """
    settle_ownership(layout)
    with home_assistant_kept_out(layout, declared_stopped=declared_stopped):
        collection = read_collection(layout.credentials)
    if known is not None and known.content != collection.content:
        raise _changed(layout.credentials)
    draft = replacing.draft_of(layout.credentials)
    with files.failures_at(draft):
        draft.unlink(missing_ok=True)
    return collection


def commit(layout: Layout, collection: Collection, *, declared_stopped: bool) -> Collection:
    """Write what has become of `collection`, and return what was read back.

    Raise StoreError where anything has come between since `begin`, or where writing failed; the old
    file is then still there.
    """
    path = layout.credentials
    content = collection.render()
    owned = settle_ownership(layout)
    with home_assistant_kept_out(layout, declared_stopped=declared_stopped):
        if files.read(path) != collection.content:
            raise _changed(path)
        with files.failures_at(path):
            if not layout.storage.exists():
                replacing.make_directory(layout.storage, owned)
            replacing.replace(path, content, owned)
        written = read_collection(path)
        if written.content != content:
            raise StoreError(
                Problem(
                    "storage-not-kept",
                    "what was written is not what is there now: something else writes here",
                    "stop Home Assistant, and whatever else copies files there, and try again",
                    str(path),
                )
            )
    return written


def _changed(path: Path) -> StoreError:
    return StoreError(
        Problem(
            "storage-changed",
            "this file has changed since it was read, so nothing was written",
            "make sure that Home Assistant is stopped, and try again",
            str(path),
        )
    )
