"""Servers as child processes that never outlive us, however we end."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class ServerEnded(Exception):
    """The server ended by itself, or was not ready in time. The message holds its last lines."""


class Process:
    """A program in a session of its own; output goes to `log`."""

    def __init__(self, command: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as output:
            # Waits for our word, so that nothing runs untethered if we are killed between the two.
            self._child = subprocess.Popen(
                ["/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=log.parent,
                start_new_session=True,
            )
        # Sees our end of the pipe close even when we are killed, and takes the server along.
        self._tether = subprocess.Popen(
            ["/bin/sh", "-c", 'cat; kill -s KILL -- "-$0"', str(self._child.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        atexit.register(self.kill)
        if self._child.stdin is not None:
            with self._child.stdin as word:
                word.write(b"go\n")

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def stop(self, patience: float = 60) -> None:
        """Ask it to end; after `patience` seconds, end it. Does nothing if it has ended."""
        if self.running:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(patience)
        self.kill()

    def kill(self) -> None:
        """End it at once, with all that it started: as a power cut would."""
        atexit.unregister(self.kill)
        self._cut_tether()
        # The leader's id stays the group's id for as long as a member lives.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def wait_until(self, ready: Callable[[], bool], patience: float = 120) -> None:
        """Ask `ready` until it says so.

        Raise ServerEnded when the program ends first, or `patience` seconds have passed.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not self.running:
                raise ServerEnded(f"ended with {self._child.returncode}:\n{self.last_lines()}")
            if ready():
                return
            time.sleep(0.1)
        raise ServerEnded(f"not ready after {patience} s:\n{self.last_lines()}")

    def last_lines(self, count: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _cut_tether(self) -> None:
        self._tether.kill()
        self._tether.wait()
        if self._tether.stdin is not None:
            self._tether.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
