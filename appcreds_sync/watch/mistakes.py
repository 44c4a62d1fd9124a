"""What a mistake of ours may say of itself: never what it was about, which may be a secret."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from appcreds_sync.model.errors import Problem
from appcreds_sync.watch.events import warn

if TYPE_CHECKING:
    import asyncio


def mistake_of_ours(error: BaseException) -> Problem:
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


def mistake_in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waited for, as a handler of asyncio's, whose own prints the exception."""
    del loop
    if isinstance(error := context.get("exception"), BaseException):
        mistake_of_ours(error)
    else:
        warn("internal-error", error=context["message"])
