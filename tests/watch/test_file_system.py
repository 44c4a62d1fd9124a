from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.finding import Level
from appcreds_sync.watch.file_system import examine

if TYPE_CHECKING:
    from pathlib import Path


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


def test_without_a_table_of_mounts_it_is_tried(tmp_path: Path) -> None:
    (found,) = examine([tmp_path / "appcreds.yaml"], tmp_path / "no-such-table")

    assert found.level is Level.OK
