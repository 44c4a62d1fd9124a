"""Values in files, and the care that a file with a secret needs."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.secrets.value import accept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.reference import FileReference

_LARGEST_VALUE = 64 * 1024
# Docker, Kubernetes and systemd guard these folders by other means than the mode of a file.
_GUARDED_FOLDERS = ("/run/secrets", "/var/run/secrets")


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file holds."""

    text: str
    readable_by_all: bool


def read(
    reference: FileReference, environ: Mapping[str, str]
) -> tuple[Resolved | Problem, Problem | None]:
    """Return the value or why there is none, and a warning where anyone may read the file."""
    content = read_text(reference.path, _LARGEST_VALUE)
    if isinstance(content, Problem):
        return content, None
    warning = None
    if content.readable_by_all and not _is_guarded(reference.path, environ):
        what = f"anyone on this machine may read {reference.path}"
        warning = Problem("file-readable-by-all", what, f"run: chmod o-r {reference.path}")
    return accept(content.text, f"the file {reference.path}"), warning


def read_text(path: Path, largest: int) -> FileText | Problem:
    """Return the text of `path`, of at most `largest` bytes, unless anyone may write it."""
    try:
        with open(path, "rb", opener=_open) as file:  # Path.open takes no opener
            status = os.fstat(file.fileno())
            if problem := _unfit(path, status, largest):
                return problem
            content = file.read(largest + 1)
    except OSError as error:
        return _not_read(path, error)
    if len(content) > largest:
        return _too_large(path, largest)
    try:
        # Editors of Windows put a byte order mark in front, which `strip` would leave.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        what = f"the file {path} is not UTF-8 text"
        return Problem("file-not-utf8", what, "save it as UTF-8; binary values can't be used")
    return FileText(text, bool(status.st_mode & stat.S_IROTH))


def _open(path: str, flags: int) -> int:
    # A FIFO without a writer would block for ever; looking before opening would be a race.
    return os.open(path, flags | os.O_NONBLOCK)


def _unfit(path: Path, status: os.stat_result, largest: int) -> Problem | None:
    if not stat.S_ISREG(status.st_mode):
        what = f"{path} is a pipe, socket or device"
        return Problem("file-not-regular", what, "name a regular file")
    if status.st_mode & stat.S_IWOTH:
        what = f"anyone on this machine may write {path}, so its content can't be trusted"
        return Problem("file-writable-by-all", what, f"check it, then run: chmod o-w {path}")
    return _too_large(path, largest) if status.st_size > largest else None


def _too_large(path: Path, largest: int) -> Problem:
    what = f"the file {path} is larger than {largest // 1024} KiB"
    return Problem("file-too-large", what, "name the file that holds the value alone")


def _not_read(path: Path, error: OSError) -> Problem:
    match error:
        case IsADirectoryError():
            return Problem("file-is-directory", f"{path} is a directory", "name the file in it")
        case FileNotFoundError():
            what, hint = f"the file {path} does not exist", "create it, or correct the path"
            return Problem("file-missing", what, hint)
        case PermissionError():
            what = f"no permission to read the file {path}"
            return Problem("file-forbidden", what, "let the user that runs appcreds-sync read it")
        case _:
            what = f"the file {path} can't be read: {error.strerror}"
            return Problem("file-unreadable", what, "correct the path, or mend the file system")


def _is_guarded(path: Path, environ: Mapping[str, str]) -> bool:
    folders = [*_GUARDED_FOLDERS]
    if credentials := environ.get("CREDENTIALS_DIRECTORY"):
        folders.append(credentials)
    # Both sides resolved: `..` must not count as inside, and /var/run is often a link to /run.
    target = path.resolve()
    return any(target.is_relative_to(Path(folder).resolve()) for folder in folders)
