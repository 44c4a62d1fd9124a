from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.finding import Level
from appcreds_sync.watch.file_system import examine

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _mounts(tmp_path: Path, kind: str) -> Path:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 1 0:20 / / rw - ext4 /dev/sda1 rw\n"
        f"30 22 0:30 / {tmp_path} rw,relatime - {kind} nas rw\n"
    )
    return table


def test_a_local_file_is_watched(tmp_path: Path) -> None:
    (found,) = examine([tmp_path / "appcreds.yaml"])

    assert (found.level, found.problem.code) == (Level.OK, "watch")


def test_on_a_remote_file_system_changes_are_not_told(tmp_path: Path) -> None:
    for kind in ("nfs4", "cifs", "fuse.sshfs"):
        (found,) = examine([tmp_path / "appcreds.yaml"], _mounts(tmp_path, kind))
        assert (found.level, found.problem.code) == (Level.NOTE, "watch-polls")
        assert kind in found.problem.what


def test_a_mount_point_with_odd_letters_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "a b\\c"
    folder.mkdir()
    table = tmp_path / "mountinfo"
    written = str(folder).replace("\\", "\\134").replace(" ", "\\040")
    table.write_text(f"30 22 0:30 / {written} rw - nfs4 nas rw\n")
    (found,) = examine([folder / "appcreds.yaml"], table)

    assert found.problem.code == "watch-polls"
    assert str(folder) in found.problem.what
    assert "every 5 s" in found.problem.hint


def test_without_a_table_of_mounts_it_is_tried(tmp_path: Path) -> None:
    (found,) = examine([tmp_path / "appcreds.yaml"], tmp_path / "no-such-table")

    assert found.level is Level.OK


def test_no_more_watches_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object, **__: object) -> None:
        # As watchfiles has it where fs.inotify.max_user_instances is used up.
        raise RuntimeError("error creating recommended watcher: Too many open files")

    monkeypatch.setattr("watchfiles.watch", none_left)
    (found,) = examine([tmp_path / "appcreds.yaml"], tmp_path / "no-such-table")

    assert found.problem.code == "watch-refused"
