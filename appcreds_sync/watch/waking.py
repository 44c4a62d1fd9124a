"""Triggers of one store, coalesced: however many come, they lead to one turn."""

from __future__ import annotations

import asyncio
from enum import StrEnum


class Cause(StrEnum):
    """Why a turn is taken."""

    START = "start"
    MANIFEST = "manifest"
    """The manifest has changed, or a reload was asked for."""
    VALUE = "value"
    """A reference has another value than before, or can or can't be read now."""
    DRIFT = "drift"
    """Somebody else has changed the store."""
    LOST = "connection-lost"
    INTERVAL = "interval"
    RETRY = "retry"


class Wake:
    """Gathers causes until somebody takes them. Its memory is one set, whatever happens."""

    def __init__(self) -> None:
        self._causes: set[Cause] = set()
        self._event = asyncio.Event()

    def set(self, cause: Cause) -> None:
        """Add a cause, and wake who waits."""
        self._causes.add(cause)
        self._event.set()

    def interrupt(self) -> None:
        """Wake who waits without a cause."""
        self._event.set()

    async def wait(self, seconds: float) -> frozenset[Cause]:
        """Return what has gathered, at once or after at most `seconds`; then it may be empty."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
        causes, self._causes = frozenset(self._causes), set()
        return causes
