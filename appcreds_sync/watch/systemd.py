"""Tells systemd how it goes, where it wants to know (`sd_notify`)."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 0.5
"""With a queue that is full, for what systemd waits for; a manager that hangs must not hang us."""


class Systemd:
    """A socket to the service manager; without NOTIFY_SOCKET everything here does nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        path = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        self._status = ""
        self.watchdog_seconds = _watchdog(environ)
        """How often to send a sign of life; None where none is wanted."""

    def ready(self) -> None:
        """Say that start-up, or a reload, is done."""
        self._send("READY=1", patience=_PATIENCE_SECONDS)

    def reloading(self) -> None:
        """Say that a reload begins; without the time in the same message systemd would wait on."""
        now = f"MONOTONIC_USEC={time.monotonic_ns() // 1000}"
        self._send("RELOADING=1", now, patience=_PATIENCE_SECONDS)

    def stopping(self, seconds: float) -> None:
        """Say that we are about to end, and within how many seconds."""
        extend = f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}"
        self._send("STOPPING=1", extend, patience=_PATIENCE_SECONDS)

    def status(self, text: str) -> None:
        """Show `text`, one line, in `systemctl status`; once as long as it stays the same."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={text}")

    def alive(self) -> None:
        """Send a sign of life."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str, patience: float = 0.0) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify,
        ):
            notify.settimeout(patience)
            notify.sendto("\n".join(lines).encode(), self._address)


def _watchdog(environ: Mapping[str, str]) -> float | None:
    microseconds = environ.get("WATCHDOG_USEC", "")
    # As sd_watchdog_enabled(3): not ours if it is for another process, such as one that started us.
    for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    if not (for_us and microseconds.isdecimal() and int(microseconds)):
        return None
    return int(microseconds) / 2_000_000  # twice as often as it must be, as advised there
