"""Replaces a file in one step, unless somebody else changed it meanwhile."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError, Problem

if TYPE_CHECKING:
    from pathlib import Path

_NEW_MODE = 0o600


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
    if read_file(target) != before:
        raise _changed(path)
    try:
        draft.unlink(missing_ok=True)
        try:
            _write(draft, after, None if before is None else target.stat())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_directory(target.parent)
    except OSError as error:
        raise _failed(path, "written", error) from error


def take_back(path: Path, before: bytes | None, after: bytes) -> None:
    """Undo `replace_file`. Raise AppcredsError where the file holds something else by now."""
    if before is not None:
        replace_file(path, after, before)
        return
    if read_file(path) != after:
        raise _changed(path)
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


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _changed(path: Path) -> AppcredsError:
    what = f"{path} was changed while we were at work"
    return AppcredsError(Problem("file-changed", what, "nothing is lost: run the command again"))


def _failed(path: Path, what: str, error: OSError) -> AppcredsError:
    return AppcredsError(Problem("not-written", f"{path} can't be {what}: {error.strerror}", ""))
