"""Prometheus's own checker of rules and metrics."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Promtool:
    """The program at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(
        self, *arguments: str, cwd: Path | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run it; what it prints to stdout and to stderr is in `stdout`."""
        return subprocess.run(
            [self._path, *arguments],
            cwd=cwd,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def find() -> Promtool | None:
    """Return the one on PATH; None where there is none."""
    path = shutil.which("promtool")
    return None if path is None else Promtool(path)
