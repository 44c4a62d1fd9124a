from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli.safe_write import read_file, replace_file, take_back
from appcreds_sync.model.errors import AppcredsError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new"
    replace_file(path, None, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)


def test_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"old", b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o640)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "old", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    replace_file(link, b"old", b"new")
    assert (path.read_bytes(), link.is_symlink()) == (b"new", True)


@pytest.mark.parametrize("before", [None, b"what we read"])
def test_what_somebody_else_wrote_meanwhile_is_not_lost(
    tmp_path: Path, before: bytes | None
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"theirs")
    with pytest.raises(AppcredsError, match="was changed while we were at work"):
        replace_file(path, before, b"ours")
    assert path.read_bytes() == b"theirs"


def test_where_it_cannot_be_written_all_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AppcredsError, match="can't be written: No space left on device"):
        replace_file(path, b"old", b"new")
    assert [it.name for it in tmp_path.iterdir()] == ["old"]
    assert path.read_bytes() == b"old"


def test_a_draft_of_a_run_that_was_killed_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".old.appcreds-sync").write_bytes(b"half")
    replace_file(tmp_path / "old", None, b"new")
    assert [it.name for it in tmp_path.iterdir()] == ["old"]


def test_two_of_us_at_once_never_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    fsync = os.fsync
    outcomes: list[str] = []

    def second() -> None:
        with pytest.raises(AppcredsError, match="was changed while we were at work"):
            replace_file(path, b"old", b"second")
        outcomes.append("refused")

    thread = threading.Thread(target=second)

    def slow(descriptor: int) -> None:
        if thread.ident is None:
            thread.start()
            thread.join(0.2)  # long enough to end, if it did not wait for us
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    replace_file(path, b"old", b"first")
    thread.join()

    assert path.read_bytes() == b"first"
    assert outcomes == ["refused"]


def test_what_an_editor_saves_while_we_write_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    fsync = os.fsync

    def saved_meanwhile(descriptor: int) -> None:
        path.write_bytes(b"theirs")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", saved_meanwhile)
    with pytest.raises(AppcredsError, match="was changed while we were at work"):
        replace_file(path, b"old", b"ours")

    assert path.read_bytes() == b"theirs"
    assert [it.name for it in tmp_path.iterdir()] == ["old"]


def test_a_file_system_without_locks_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int, operation: int) -> None:
        del descriptor, operation
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    replace_file(tmp_path / "new", None, b"new")
    assert (tmp_path / "new").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.EACCES, "run this as its owner"),
        (errno.EROFS, "mount it so that it can be written"),
        (errno.EBUSY, "mount its folder"),
    ],
)
def test_says_what_to_do_where_it_cannot_be_replaced(
    number: int, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pathlib.Path.replace", refused)
    with pytest.raises(AppcredsError, match=hint) as raised:
        replace_file(tmp_path / "new", None, b"new")
    assert raised.value.problem.code == "not-written"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_an_error_and_not_an_absent_file(tmp_path: Path) -> None:
    assert read_file(tmp_path / "none") is None
    with pytest.raises(AppcredsError, match="can't be read") as raised:
        read_file(tmp_path)
    assert raised.value.problem.code == "not-read"


@pytest.mark.parametrize("before", [b"old", None])
def test_what_was_written_can_be_taken_back(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "old"
    if before is not None:
        path.write_bytes(before)
    replace_file(path, before, b"new")

    take_back(path, before, b"new")

    assert read_file(path) == before


@pytest.mark.parametrize("before", [b"old", None])
def test_what_somebody_changed_since_is_not_taken_back(
    tmp_path: Path, before: bytes | None
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"theirs")

    with pytest.raises(AppcredsError, match="was changed"):
        take_back(path, before, b"new")

    assert path.read_bytes() == b"theirs"
