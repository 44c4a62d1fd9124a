"""Who a file that we write belongs to, so that Home Assistant can still read it.

A storage file that Home Assistant can't read stops every OAuth integration. Extended attributes
and access control lists are not carried over: Home Assistant's own writes drop them, too.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.stores.directory import files

if TYPE_CHECKING:
    from appcreds_sync.stores.directory.layout import Layout


@dataclass(frozen=True, slots=True)
class Ownership:
    """Owner, group and mode of a file."""

    uid: int
    gid: int
    mode: int
    """The permission bits alone."""


def settle_ownership(layout: Layout) -> Ownership:
    """Return what the credentials file must have once written: what it has now.

    A new one gets owner and group of `.storage` (or of the config directory, where that is still
    to be made), and mode 0600. Raise StoreError where this process can't give it that, may not
    write to the directory, or where the file is a symbolic link.
    """
    path = layout.credentials
    parent = layout.storage if layout.storage.exists() else layout.directory
    with files.failures_at(path):
        try:
            status = path.lstat()
        except FileNotFoundError:
            status = parent.stat()
            owned = Ownership(status.st_uid, status.st_gid, 0o600)
        else:
            owned = Ownership(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode))
    if stat.S_ISLNK(status.st_mode):
        raise StoreError(
            Problem(
                "storage-link",
                "this is a symbolic link, and Home Assistant would put a file in its place",
                "put the file itself there",
                str(path),
            )
        )
    if not os.access(parent, os.W_OK | os.X_OK, effective_ids=True):
        raise _refused(layout, f"this user (uid {os.geteuid()}) may not write to it")
    if not _may_give(owned):
        raise _refused(
            layout,
            f"uid {os.geteuid()} can't give a file to uid {owned.uid}, gid {owned.gid}, "
            "as whom Home Assistant reads it",
        )
    return owned


def _may_give(owned: Ownership) -> bool:
    if os.geteuid() == 0:
        return True
    return owned.uid == os.geteuid() and owned.gid in {os.getegid(), *os.getgroups()}


def _refused(layout: Layout, what: str) -> StoreError:
    return StoreError(
        Problem(
            "directory-owner",
            what,
            "run as the user that Home Assistant runs as, or as root",
            str(layout.storage),
        )
    )
