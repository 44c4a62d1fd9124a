"""Replaces a file in one step, unless somebody else changed it meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEW_MODE = 0o600
_RIGHTS = "run this as its owner, who must also be allowed to write in its folder"
_HINTS = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "mount it so that it can be written",
    errno.EBUSY: "it is mounted as a single file, which can't be replaced: mount its folder",
    errno.ENOSPC: "make room there",
}


def read_file(path: Path) -> bytes | None:
    """Return what the file holds; None where there is none. Raise AppcredsError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(path, "read", error) from error


def replace_file(path: Path, before: bytes | None, after: bytes) -> None:
    """Give `path`, which holds `before`, the content `after`; on return it survives a power cut.

    Owner, group and mode stay; a new file has mode 0600. A link stays one. Raise AppcredsError
    where it holds something else by now, or can't be written; it is then as it was.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.appcreds-sync")
    try:
        with _alone_in(target.parent) as folder:
            _must_hold(path, before)
            draft.unlink(missing_ok=True)
            try:
                _write(draft, after, None if before is None else target.stat())
                # Once more: an editor, which waits for nobody, may have saved meanwhile.
                _must_hold(path, before)
                draft.replace(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            os.fsync(folder)
    except OSError as error:
        raise _failed(path, "written", error) from error


def take_back(path: Path, before: bytes | None, after: bytes) -> None:
    """Undo `replace_file`. Raise AppcredsError where the file holds something else by now."""
    if before is not None:
        replace_file(path, after, before)
        return
    _must_hold(path, after)
    try:
        path.unlink()
    except OSError as error:
        raise _failed(path, "deleted", error) from error


def _write(draft: Path, content: bytes, like: os.stat_result | None) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _NEW_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if like is not None:
            os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        file.flush()
        os.fsync(descriptor)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[int]:
    """Let one of us at a time write in `folder`, or two would share a draft; yield it, open."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # A network's file system may have no locks.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _must_hold(path: Path, content: bytes | None) -> None:
    if read_file(path) != content:
        what = f"{path} was changed while we were at work"
        hint = "nothing is lost: run the command again"
        raise AppcredsError(Problem("file-changed", what, hint))


def _failed(path: Path, what: str, error: OSError) -> AppcredsError:
    code = "not-read" if what == "read" else "not-written"
    hint = _HINTS.get(error.errno or 0, "")
    return AppcredsError(Problem(code, f"{path} can't be {what}: {error.strerror}", hint))
