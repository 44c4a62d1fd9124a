"""What a person asks of the daemon on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.listening import Listen


GOODBYE_SECONDS = 10.0
"""For all that comes after the changes in hand."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """The flags of `watch`."""

    manifest: Path
    """Absolute; a file or a directory."""
    wait: bool = False
    """A manifest that is broken at the start is waited for, instead of ending with 1."""
    once_healthy: bool = False
    """End when every store has had a turn that did not fail."""
    timeout: float | None = None
    """Seconds, from the start, after which `once_healthy` gives up."""
    listen: Listen | None = None
    """Where to serve, instead of where the manifest says; None leaves it to the manifest."""
    poll_files: bool = False
    """Compare files every second, where no events come."""
    home_assistant_is_stopped: bool = False
    """A person's word for it, where a directory store can't tell."""
    concurrency: int = 32
    """Stores that are read or changed at once."""
    drain: float = 30.0
    """Seconds that changes in hand may take when the daemon is to stop."""
