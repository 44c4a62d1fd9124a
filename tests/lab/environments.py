"""Virtual environments for the servers, built once a machine and shared by all clones."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uv

from tests.lab.pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.versions import Environment

# Read once, at import: tests run with a HOME of their own.
_CACHE: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "appcreds-sync-lab"
)
LOCKS: Final = Path(__file__).parent / "locks"


def lock_file(environment: Environment) -> Path:
    """Return where the environment's pinned and hashed requirements stand."""
    return LOCKS / f"{environment.name}.txt"


def build(environment: Environment) -> Path:
    """Return the folder of the environment, and build it first where it isn't there.

    Raise PythonMissing when its Python can't be had.
    """
    locked = lock_file(environment).read_bytes()
    digest = hashlib.sha256(locked + environment.python.encode()).hexdigest()[:16]
    target = _CACHE / f"{environment.name}-{digest}"
    if target.exists():
        return target
    python = find_python(environment.python) if environment.python else sys.executable
    _CACHE.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            _build_aside(environment, python, target)
    return target


def _build_aside(environment: Environment, python: str, target: Path) -> None:
    """Build beside `target`, then rename: a build that was cut off leaves no half environment."""
    aside = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        _uv("venv", "--clear", "--relocatable", "--no-project", "--python", python, str(aside))
        _uv(
            "pip",
            "install",
            "--require-hashes",
            "--python",
            str(aside / "bin" / "python"),
            "--requirement",
            str(lock_file(environment)),
        )
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _uv(*arguments: str) -> None:
    subprocess.run([uv.find_uv_bin(), "--quiet", *arguments], check=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
