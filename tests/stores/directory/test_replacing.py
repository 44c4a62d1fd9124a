from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.stores.directory import replacing
from appcreds_sync.stores.directory.ownership import Ownership
from tests.stores.directory.builders import STRANGER, is_root

if TYPE_CHECKING:
    from pathlib import Path

OWN = Ownership(os.geteuid(), os.getegid(), 0o600)

DYING = """
import os, signal, sys
from pathlib import Path
from appcreds_sync.stores.directory import replacing
from appcreds_sync.stores.directory.ownership import Ownership

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[2]
if moment == "before the draft is safe":
    os.fsync = die
elif moment == "before the rename":
    os.replace = os.rename = die
elif moment == "after the rename":
    replacing.sync_directory = die
replacing.replace(Path(sys.argv[1]), b"new" * 1000, Ownership(os.geteuid(), os.getegid(), 0o600))
"""


def test_content_owner_and_mode_are_given(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    owned = Ownership(STRANGER, STRANGER + 1, 0o640) if is_root() else OWN
    replacing.replace(path, b"new", owned)
    status = path.stat()
    assert path.read_bytes() == b"new"
    assert Ownership(status.st_uid, status.st_gid, status.st_mode & 0o7777) == owned
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_not_there_is_made(tmp_path: Path) -> None:
    replacing.replace(tmp_path / "a", b"new", OWN)
    assert (tmp_path / "a").read_bytes() == b"new"


def test_the_draft_is_private_from_birth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []

    def look(_descriptor: int, _uid: int, _gid: int) -> None:
        modes.append(replacing.draft_of(tmp_path / "a").stat().st_mode & 0o777)

    monkeypatch.setattr(os, "fchown", look)
    before = os.umask(0)
    try:
        replacing.replace(tmp_path / "a", b"new", Ownership(OWN.uid, OWN.gid, 0o644))
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_a_draft_that_someone_else_planted_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    replacing.draft_of(tmp_path / "a").symlink_to(victim)
    replacing.replace(tmp_path / "a", b"new", OWN)
    assert victim.read_bytes() == b"precious"
    assert (tmp_path / "a").read_bytes() == b"new"


def test_file_then_name_then_directory_are_made_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    steps: list[tuple[str, bool]] = []
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        kind = "directory" if os.path.isdir(f"/dev/fd/{descriptor}") else "file"  # noqa: PTH112  # a descriptor
        steps.append((kind, path.exists()))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    replacing.replace(path, b"new", OWN)
    assert steps == [("file", False), ("directory", True)]


@pytest.mark.parametrize("failing", ["fsync", "fchown", "fchmod"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(OSError, match="No space left"):
            replacing.replace(path, b"new", OWN)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("before the draft is safe", b"old"),
        ("before the rename", b"old"),
        ("after the rename", b"new" * 1000),
    ],
)
def test_killed_at_any_moment_the_file_is_the_old_or_the_new(
    tmp_path: Path, moment: str, expected: bytes
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", DYING, str(path), moment]
    died = subprocess.run(command, check=False)  # noqa: S603  # this very Python
    assert died.returncode == -signal.SIGKILL
    assert path.read_bytes() == expected
    replacing.replace(path, b"next", OWN)
    assert path.read_bytes() == b"next"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_can_not_sync_a_directory_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, "no such call")

    monkeypatch.setattr(os, "fsync", fail)
    replacing.sync_directory(tmp_path)


def test_a_directory_that_could_not_be_synced_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        replacing.sync_directory(tmp_path)


def test_a_directory_is_made_with_the_umasks_mode_and_the_owner(tmp_path: Path) -> None:
    owned = Ownership(STRANGER, STRANGER, 0o600) if is_root() else OWN
    before = os.umask(0o022)
    try:
        replacing.make_directory(tmp_path / "d", owned)
    finally:
        os.umask(before)
    status = (tmp_path / "d").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (owned.uid, owned.gid, 0o755)
