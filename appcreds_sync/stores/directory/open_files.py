"""Which process has a file open for writing, as Linux tells."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Writer(NamedTuple):
    """A process with a file open for writing."""

    pid: int
    file: Path


def find_writer(paths: Iterable[Path], processes: Path = Path("/proc")) -> Writer | None:
    """Return a process that has one of `paths` open for writing; None: none that we may see.

    Without root, only our own user's processes can be seen; where there is no /proc, none can.
    Files are told by device and inode, because a container calls them by other names.
    """
    wanted: dict[tuple[int, int], Path] = {}
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            wanted[status.st_dev, status.st_ino] = path
    if not wanted:
        return None
    for pid in _pids(processes):
        for link in _written_files(processes / str(pid) / "fd"):
            with suppress(OSError):
                status = link.stat()
                file = wanted.get((status.st_dev, status.st_ino))
                if file is not None:
                    return Writer(pid, file)
    return None


def _pids(processes: Path) -> Iterator[int]:
    with suppress(OSError):
        for name in os.listdir(processes):  # noqa: PTH208  # thousands of names, no paths needed
            if name.isdecimal() and int(name) != os.getpid():
                yield int(name)


def _written_files(descriptors: Path) -> Iterator[Path]:
    # A process may end, or belong to somebody else, at any of these steps.
    with suppress(OSError):
        for link in descriptors.iterdir():
            with suppress(OSError):
                # The link's own permission says how the file was opened (proc_pid_fd(5)).
                written = link.lstat().st_mode & stat.S_IWUSR
                # What does not begin with a slash is a pipe or a socket.
                if written and os.readlink(link).startswith("/"):  # noqa: PTH115  # no path
                    yield link
