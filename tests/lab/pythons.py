"""Python interpreters of a wanted version, wherever uv or pyenv keep them."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import uv


class PythonMissing(Exception):
    """No interpreter of that version is on this machine."""


@cache
def find_python(version: str) -> str:
    """Return the path of a Python of that minor version, for example "3.13".

    Raise PythonMissing when there is none: the lab never downloads an interpreter.
    """
    # pyenv's shims refuse a version that is installed but not chosen, so choose it.
    for choice in ({}, *({"PYENV_VERSION": it} for it in _pyenv_versions(version))):
        if path := _uv_finds(version, choice):
            return path
    raise PythonMissing(
        f"no Python {version} on this machine; `uv python install {version}` brings one"
    )


def _uv_finds(version: str, env: dict[str, str]) -> str | None:
    command = [uv.find_uv_bin(), "python", "find", "--system", "--no-project", version]
    result = _run([*command, "--no-python-downloads"], env)
    return result.stdout.strip() if result.returncode == 0 else None


def _pyenv_versions(version: str) -> list[str]:
    if not (pyenv := shutil.which("pyenv")):
        return []
    lines = _run([pyenv, "versions", "--bare"], {}).stdout.split()
    return [line for line in reversed(lines) if line.startswith(f"{version}.")]


def _run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=300
    )
