"""The installed command's `watch`, running beside the test, and what it logs."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from tests.cli.command import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE = 45.0
"""Seconds until a test gives up waiting; nothing is asserted about how long things take."""


class Watch:
    """A daemon in `folder`, with its log lines as JSON. Ends with the block."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._child = subprocess.Popen(  # noqa: S603 -- our own program
            [PROGRAM, "watch", "--log-format", "json", *arguments],
            cwd=folder,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._child.pid
        self.lines: list[str] = []
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        self._reading.join(PATIENCE)
        for stream in (self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()

    def next(self, event: str, **fields: object) -> dict[str, Any]:
        """Return the next line of `event` with these fields; those before it are gone."""
        deadline = time.monotonic() + PATIENCE
        while True:
            left = deadline - time.monotonic()
            try:
                found = self._events.get(timeout=max(left, 0.01))
            except queue.Empty:
                found = None
            if found is None:
                raise AssertionError(f"no {event} {fields} in:\n" + "\n".join(self.lines[-40:]))
            if found["event"] == event and fields.items() <= found.items():
                return found

    def turns_within(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield each turn that ends, or has ended unseen, for so long."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = self._events.get(timeout=max(end - time.monotonic(), 0.0))
            except queue.Empty:
                return
            if found is None:
                raise AssertionError("it has ended:\n" + "\n".join(self.lines[-40:]))
            if found["event"] == "turn":
                yield found

    def seen(self) -> list[dict[str, Any]]:
        """Return every event so far."""
        return [json.loads(line) for line in tuple(self.lines) if line.startswith("{")]

    def signal(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def stop(self) -> int:
        """Send SIGTERM, and return the exit code."""
        self.signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self._child.wait(PATIENCE)
        self._reading.join(PATIENCE)
        return code

    def _read(self) -> None:
        assert self._child.stderr is not None
        for line in self._child.stderr:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("{"):
                self._events.put(json.loads(line))
        self._events.put(None)


def until(true: Any, patience: float = PATIENCE) -> None:
    """Wait until `true()` is."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
