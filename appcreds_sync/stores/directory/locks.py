"""Locks of the kernel (flock): they end with the process that holds them, however it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Lock(Enum):
    """What came of an attempt to lock a file or directory."""

    OURS = "ours"
    THEIRS = "theirs"
    """Another process holds it."""
    UNKNOWN = "unknown"
    """It can't be opened, does not exist, or its file system has no locks."""


@contextmanager
def try_lock(path: Path) -> Iterator[Lock]:
    """Lock `path` without waiting or creating it; the lock is held while the block runs."""
    descriptor = _open(path)
    if descriptor is None:
        yield Lock.UNKNOWN
        return
    try:
        yield _flock(descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int | None:
    # Over NFS, only what is open for writing can be locked; a directory never is.
    for access in (os.O_RDWR, os.O_RDONLY):
        with suppress(OSError):
            return os.open(path, access)
    return None


def _flock(descriptor: int) -> Lock:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Lock.THEIRS
    except OSError:
        return Lock.UNKNOWN
    return Lock.OURS
