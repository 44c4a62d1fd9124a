"""Ctrl-C and its like, for a command that has to put something away before it ends."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_OTHERS = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def all_like_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block also when told to end, or when the terminal closes.

    What is ignored, as under nohup, stays so.
    """
    ours = [number for number in _OTHERS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Raise KeyboardInterrupt only at the end of the block; the second one comes at once."""
    came = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    like_ctrl_c = [
        number
        for number in (signal.SIGINT, *_OTHERS)
        if signal.getsignal(number) is signal.default_int_handler
    ]
    for number in like_ctrl_c:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in like_ctrl_c:
            signal.signal(number, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
