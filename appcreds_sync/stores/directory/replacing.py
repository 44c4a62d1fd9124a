"""Replacing a file in one step: whenever we die, what is there is the old one or the new one."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.stores.directory.ownership import Ownership


def draft_of(path: Path) -> Path:
    """Return where the new content is written before it takes the place of `path`.

    Always one name, so that a draft of a run that was killed is found and taken away.
    """
    return path.with_name(f".{path.name}.appcreds-sync")


def replace(path: Path, content: bytes, owned: Ownership) -> None:
    """Give `path` new content and `owned`; on return, both survive a loss of power.

    Raise OSError where that fails; the old file is then still there, and nothing else.
    """
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    try:
        _write(draft, content, owned)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def make_directory(path: Path, owned: Ownership) -> None:
    """Make a directory of that owner, with the mode that Home Assistant gives it: the umask's."""
    path.mkdir()
    os.chown(path, owned.uid, owned.gid, follow_symlinks=False)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in a directory survive a loss of power, on file systems that can."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems have no such call, and no such promise.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def _write(draft: Path, content: bytes, owned: Ownership) -> None:
    # 0600 from birth: there must be no moment when others may open it.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor, not a path
        file.write(content)
        os.fchown(descriptor, owned.uid, owned.gid)
        os.fchmod(descriptor, owned.mode)
        file.flush()
        os.fsync(descriptor)
