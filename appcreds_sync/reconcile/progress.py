"""How a run tells how far it is, to whoever shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Handed down by the caller; called from the event loop, must not block."""

    def add(self, steps: int) -> None:
        """`steps` more changes are to be made."""

    def advance(self) -> None:
        """One change is done, whatever came of it."""


class NoProgress:
    """Tells nobody."""

    def add(self, steps: int) -> None:
        """Ignore it."""

    def advance(self) -> None:
        """Ignore it."""
