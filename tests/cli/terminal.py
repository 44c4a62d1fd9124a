"""The command at a pseudo-terminal, with somebody who types when asked."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from typing import TYPE_CHECKING, Final

from tests.cli.command import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_PATIENCE: Final = 30.0
"""Seconds without a word from the command, after which the test fails."""

# A session leader that opens a terminal makes it its own, so /dev/tty is this one.
_AT_TERMINAL: Final = 'exec "$@" <"$0"'


def at_terminal(
    *arguments: str | Path,
    cwd: Path,
    answers: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
    reading: Callable[[str], object] | None = None,
) -> tuple[int, str]:
    """Run `appcreds-sync`; for each of `answers` wait for the prompt, then type the answer.

    `reading` gets each line as it appears. Return the exit code and all that stood on the screen.
    """
    screen, terminal = pty.openpty()
    command = ["/bin/sh", "-c", _AT_TERMINAL, os.ttyname(terminal), PROGRAM, *arguments]
    variables = {**os.environ, "COLUMNS": "100", "TERM": "xterm-256color", **(env or {})}
    child = subprocess.Popen(  # noqa: S603 -- our own command
        command,
        cwd=cwd,
        env=variables,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        seen, answered, told = "", 0, 0
        waiting = list(answers)
        while more := _read_to_end(screen, seen):
            seen += more
            while waiting and (place := seen.find(waiting[0][0], answered)) >= 0:
                prompt, answer = waiting.pop(0)
                answered = place + len(prompt)
                os.write(screen, f"{answer}\n".encode())
            while reading is not None and (end := seen.find("\n", told)) >= 0:
                line, told = seen[told:end].strip(), end + 1
                reading(line)
        assert not waiting, f"never asked for {waiting[0][0]!r}: {seen}"
        return child.wait(_PATIENCE), seen
    finally:
        child.kill()
        child.wait()
        os.close(screen)


def _read(screen: int, seen: str) -> str:
    ready, _, _ = select.select([screen], [], [], _PATIENCE)
    assert ready, f"no word for {_PATIENCE} s after: {seen}"
    return os.read(screen, 4096).decode(errors="replace")


def _read_to_end(screen: int, seen: str) -> str:
    try:
        return _read(screen, seen)
    except OSError:  # how Linux says that nobody holds the other end any more
        return ""
