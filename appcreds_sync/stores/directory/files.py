"""Files are read whole, and what the system says against it becomes an error for a person."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def failures_at(path: Path) -> Iterator[None]:
    """Turn an OSError into a StoreError that names `path`."""
    try:
        yield
    except PermissionError as error:
        raise StoreError(
            Problem(
                "directory-permission",
                f"this user (uid {os.geteuid()}) may not do that: {error.strerror}",
                "run as the user that Home Assistant runs as, or as root",
                str(path),
            )
        ) from error
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise StoreError(Problem("directory-io", what, "", str(path))) from error


def read(path: Path) -> bytes | None:
    """Return all that a regular file holds; None where there is no such file.

    Raise StoreError where it can't be read, is something else, or is a symbolic link to nowhere.
    """
    with failures_at(path):
        try:
            # A pipe in the place of the file must be an error, not a wait for ever.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            if not path.is_symlink():
                return None
            raise
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read()
    raise StoreError(Problem("storage-not-a-file", "this is not a regular file", "", str(path)))
