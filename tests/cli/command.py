"""The installed command, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM: Final = Path(sys.executable).parent / "appcreds-sync"
"""The entry point beside this Python."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of one run."""

    code: int
    stdout: str
    stderr: str

    @property
    def printed(self) -> str:
        return self.stdout + self.stderr


def appcreds(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Ended:
    """Run `appcreds-sync` with `arguments` in `cwd`; `env` comes on top of the test's own."""
    return run([PROGRAM, *arguments], cwd, env, stdin)


def run(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Ended:
    """Run any command, and return what came of it."""
    ended = subprocess.run(  # noqa: S603 -- commands that tests wrote
        command,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
