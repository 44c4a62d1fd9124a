"""Folders outside all clones for what takes long to build: built once a machine."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Read once, at import: tests run with a HOME of their own.
_CACHE: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "appcreds-sync-lab"
)


def built_once(name: str, recipe: bytes, build: Callable[[Path], None]) -> Path:
    """Return the folder of `name`; where it isn't there yet, let `build` fill an empty one.

    Another `recipe` means another folder.
    """
    target = _CACHE / f"{name}-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if target.exists():
        return target
    _CACHE.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            _build_aside(target, build)
    return target


def _build_aside(target: Path, build: Callable[[Path], None]) -> None:
    """Build beside `target`, then rename: a build that was cut off leaves no half folder."""
    aside = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        build(aside)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
