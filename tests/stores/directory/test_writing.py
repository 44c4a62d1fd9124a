from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory import replacing, writing
from appcreds_sync.stores.directory.collection import read_collection
from appcreds_sync.stores.directory.layout import Layout
from tests.stores.directory.builders import CAPTURED_CREDENTIALS, credentials_file, new_item

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.stores.directory.collection import Collection
    from appcreds_sync.stores.directory.ownership import Ownership


def begin(directory: Path, known: Collection | None = None) -> Collection:
    return writing.begin(Layout(directory), known, declared_stopped=False)


def commit(directory: Path, collection: Collection) -> Collection:
    return writing.commit(Layout(directory), collection, declared_stopped=False)


def test_what_was_committed_is_read_back(directory: Path) -> None:
    collection = begin(directory)
    collection.add(new_item())
    written = commit(directory, collection)
    assert written.items == collection.items
    assert written.content == credentials_file(directory).read_bytes()


def test_a_file_that_changed_since_a_plan_was_made_is_refused_at_the_start(directory: Path) -> None:
    known = read_collection(credentials_file(directory))
    credentials_file(directory).unlink()
    with pytest.raises(StoreError, match="has changed since it was read, so nothing was written"):
        begin(directory, known)


def test_a_file_that_changed_meanwhile_is_refused_at_the_end(directory: Path) -> None:
    collection = begin(directory)
    collection.add(new_item())
    content = CAPTURED_CREDENTIALS.read_bytes() + b"\n"
    credentials_file(directory).write_bytes(content)
    with pytest.raises(StoreError, match="has changed since it was read, so nothing was written"):
        commit(directory, collection)
    assert credentials_file(directory).read_bytes() == content


def test_a_file_that_was_touched_only_is_the_same(directory: Path) -> None:
    collection = begin(directory)
    collection.add(new_item())
    credentials_file(directory).unlink()
    credentials_file(directory).write_bytes(CAPTURED_CREDENTIALS.read_bytes())
    assert commit(directory, collection).items == collection.items


def test_what_a_killed_run_left_is_taken_away(directory: Path) -> None:
    draft = replacing.draft_of(credentials_file(directory))
    draft.write_text("half a fi")
    begin(directory)
    assert not draft.exists()


def test_a_write_that_does_not_last_is_an_error(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_path: Path, _content: bytes, _owned: Ownership) -> None:
        """Stand in for a program that puts its own file there at once."""

    collection = begin(directory)
    collection.add(new_item())
    monkeypatch.setattr(replacing, "replace", lost)
    with pytest.raises(StoreError, match="what was written is not what is there now"):
        commit(directory, collection)


def test_a_full_disk_is_an_error_for_a_person(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path, _content: bytes, _owned: Ownership) -> None:
        raise OSError(28, "No space left on device")

    collection = begin(directory)
    collection.add(new_item())
    monkeypatch.setattr(replacing, "replace", fail)
    with pytest.raises(StoreError, match=r"application_credentials: No space left on device$"):
        commit(directory, collection)
