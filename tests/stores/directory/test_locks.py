from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.stores.directory.locks import Lock, try_lock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stores.directory.conftest import Holder


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_a_lock_is_ours_until_the_block_ends(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    if kind == "file":
        path.touch()
    else:
        path.mkdir()
    with try_lock(path) as first:
        assert first is Lock.OURS
        with try_lock(path) as second:
            assert second is Lock.THEIRS
    with try_lock(path) as again:
        assert again is Lock.OURS


def test_a_lock_of_another_process_is_theirs(tmp_path: Path, another_process: Holder) -> None:
    path = tmp_path / "a"
    take = "file = open(path, 'a+'); fcntl.flock(file, fcntl.LOCK_EX)"
    with another_process(take, path), try_lock(path) as lock:
        assert lock is Lock.THEIRS


def test_what_is_not_there_is_unknown_and_not_created(tmp_path: Path) -> None:
    with try_lock(tmp_path / "a") as lock:
        assert lock is Lock.UNKNOWN
    assert not (tmp_path / "a").exists()


@pytest.mark.usefixtures("without_root")
def test_a_file_that_may_only_be_read_can_be_locked(open_to_all: Path) -> None:
    path = open_to_all / "a"
    path.touch(0o444)
    with try_lock(path) as lock:
        assert lock is Lock.OURS


def test_a_file_system_without_locks_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    (tmp_path / "a").touch()
    monkeypatch.setattr(fcntl, "flock", fail)
    with try_lock(tmp_path / "a") as lock:
        assert lock is Lock.UNKNOWN
