from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory import files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\xff\n")
    assert files.read(tmp_path / "a") == b"\x00\xff\n"


def test_no_file_is_none(tmp_path: Path) -> None:
    assert files.read(tmp_path / "a") is None


def test_a_link_to_nowhere_is_not_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("nowhere")
    with pytest.raises(StoreError, match="a: No such file or directory"):
        files.read(tmp_path / "a")


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(StoreError, match="a: this is not a regular file"):
        files.read(tmp_path / "a")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"Is a directory|not a regular file"):
        files.read(tmp_path)


@pytest.mark.usefixtures("without_root")
def test_a_file_that_may_not_be_read_names_the_way_out(open_to_all: Path) -> None:
    path = open_to_all / "a"
    path.touch(0o000)
    with pytest.raises(StoreError, match=r"uid \d+.* may not do that.*run as the user"):
        files.read(path)
