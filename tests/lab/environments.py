"""Virtual environments for the servers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uv

from tests.lab.cache import built_once
from tests.lab.pythons import find_python

if TYPE_CHECKING:
    from tests.lab.versions import Environment

LOCKS: Final = Path(__file__).parent / "locks"


def lock_file(environment: Environment) -> Path:
    """Return where the environment's pinned and hashed requirements stand."""
    return LOCKS / f"{environment.name}.txt"


def build(environment: Environment) -> Path:
    """Return the folder of the environment, and build it first where it isn't there.

    Raise PythonMissing when its Python can't be had.
    """
    requirements = lock_file(environment)

    def install(folder: Path) -> None:
        python = find_python(environment.python) if environment.python else sys.executable
        _uv("venv", "--clear", "--relocatable", "--no-project", "--python", python, str(folder))
        _uv(
            "pip",
            "install",
            "--require-hashes",
            "--python",
            str(folder / "bin" / "python"),
            "--requirement",
            str(requirements),
        )

    recipe = requirements.read_bytes() + environment.python.encode()
    return built_once(environment.name, recipe, install)


def _uv(*arguments: str) -> None:
    subprocess.run([uv.find_uv_bin(), "--quiet", *arguments], check=True)
