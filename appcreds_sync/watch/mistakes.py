"""What a mistake of ours may say of itself: never what it was about, which may be a secret."""

from __future__ import annotations

import traceback

from appcreds_sync.model.errors import Problem
from appcreds_sync.watch.events import warn


def mistake_of_ours(error: Exception) -> Problem:
    """Log where it broke, and return what to tell a person."""
    # Not what with: the message of a stranger's exception may hold a secret.
    frames = traceback.extract_tb(error.__traceback__)
    trace = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-8:]))
    warn("internal-error", error=type(error).__name__, trace=trace)
    return Problem(
        "internal-error",
        f"a mistake in appcreds-sync ended the turn: {type(error).__name__}",
        "it is tried again; please report it with the log's line internal-error",
    )
