"""Whether the kernel tells of changes to the manifest's files, or whether one has to look."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.finding import errors, note, ok

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.model.finding import Finding

_AREA = "watch"
_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "drvfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3",
     "smbfs", "vboxsf", "virtiofs", "vmhgfs"}
)  # fmt: skip
"""File systems on which the kernel does not see what other machines write (inotify(7))."""

_ESCAPED = re.compile(r"\\([0-7]{3})")


def examine(files: Sequence[Path], mounts: Path = _MOUNTS) -> tuple[Finding, ...]:
    """Return whether `watch` can be told of changes to `files`; blocks for a moment."""
    folders = sorted({file.resolve().parent for file in files})
    found = tuple(_remote(folders, mounts))
    return found or _tried(folders)


def _remote(folders: Sequence[Path], mounts: Path) -> Iterator[Finding]:
    types = _types(mounts)
    for folder in folders:
        mounted = next((point for point in (folder, *folder.parents) if point in types), None)
        kind = "" if mounted is None else types[mounted]
        if kind in _REMOTE or kind.startswith("fuse."):
            yield note(
                _AREA,
                "watch-polls",
                f"{folder} is on {kind}, where changes made elsewhere are not told",
                "`watch` compares content every 5 s; `--poll-files` does so every second",
            )


def _types(mounts: Path) -> dict[Path, str]:
    """Return the file system at each mount point; empty where the kernel does not tell."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    types = {}
    for line in lines:
        # proc(5): mount ID, parent, device, root, mount point, options, …, "-", type, source, ….
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:  # noqa: PLR2004  # the mount point is the fifth
            types[Path(_plain(fields[4]))] = after.split(" ")[0]
    return types


def _plain(field: str) -> str:
    # The kernel writes space, tab, line feed and backslash as octal numbers (seq_path's " \t\n\\").
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), field)


def _tried(folders: Sequence[Path]) -> tuple[Finding, ...]:
    from watchfiles import watch  # only where it is tried

    at_once = threading.Event()
    at_once.set()
    try:
        for _ in watch(*folders, stop_event=at_once, recursive=False):
            break
    except (OSError, RuntimeError):  # the latter of watchfiles, where instances are used up
        what = "the kernel gives no more watches on files"
        hint = (
            "raise fs.inotify.max_user_watches and max_user_instances (sysctl)"
            if sys.platform == "linux"
            else "close other programs that watch files"
        )
        return errors(_AREA, [Problem("watch-refused", what, hint)])
    return (ok(_AREA, "watch", "changes to the manifest's files are told by the kernel"),)
