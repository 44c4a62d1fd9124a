from __future__ import annotations

import os
from pathlib import Path

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory.layout import Layout
from appcreds_sync.stores.directory.ownership import Ownership, settle_ownership
from tests.stores.directory.builders import STRANGER, credentials_file, is_root

OTHER = (STRANGER, STRANGER + 1) if is_root() else (os.geteuid(), os.getegid())
"""An owner and group that we can give a file to: as root, neither is ours."""


def test_a_file_keeps_what_it_has(directory: Path) -> None:
    path = credentials_file(directory)
    os.chown(path, *OTHER)
    path.chmod(0o640)
    assert settle_ownership(Layout(directory)) == Ownership(*OTHER, 0o640)


def test_a_new_file_goes_to_the_owner_of_storage(directory: Path) -> None:
    credentials_file(directory).unlink()
    os.chown(directory / ".storage", *OTHER)
    assert settle_ownership(Layout(directory)) == Ownership(*OTHER, 0o600)


def test_without_storage_it_goes_to_the_owner_of_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, *OTHER)
    assert settle_ownership(Layout(tmp_path)) == Ownership(*OTHER, 0o600)


def test_a_symbolic_link_is_refused(directory: Path) -> None:
    path = credentials_file(directory)
    path.rename(directory / "elsewhere")
    path.symlink_to(directory / "elsewhere")
    with pytest.raises(StoreError, match="this is a symbolic link"):
        settle_ownership(Layout(directory))


@pytest.mark.usefixtures("without_root")
def test_a_directory_that_may_not_be_written_is_refused(open_to_all: Path) -> None:
    storage = open_to_all / ".storage"
    storage.mkdir(0o555)
    with pytest.raises(StoreError, match="may not write to it; run as the user") as caught:
        settle_ownership(Layout(open_to_all))
    assert caught.value.problem.where == str(storage)


@pytest.mark.usefixtures("without_root")
def test_an_owner_that_we_can_not_give_is_refused() -> None:
    # Anyone may write to /tmp, and it belongs to root: so would what Home Assistant reads there.
    with pytest.raises(StoreError, match="can't give a file to uid 0, gid 0"):
        settle_ownership(Layout(Path("/tmp")))


@pytest.mark.usefixtures("without_root")
def test_an_ordinary_user_keeps_what_is_its_own(open_to_all: Path) -> None:
    (open_to_all / ".storage").mkdir()
    assert settle_ownership(Layout(open_to_all)) == Ownership(os.geteuid(), os.getegid(), 0o600)
