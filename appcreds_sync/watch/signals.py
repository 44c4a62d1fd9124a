"""What the daemon does when it is sent a signal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

from appcreds_sync.watch.events import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALLED = 128
"""Plus the signal's number, as shells count."""


@contextlib.contextmanager
def handling(stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """Within the block: SIGHUP reloads, SIGTERM and SIGINT stop, a second one ends at once."""
    loop = asyncio.get_running_loop()
    stopping = False

    def on_stop(number: signal.Signals) -> None:
        nonlocal stopping
        if stopping:
            os._exit(_SIGNALLED + number)
        stopping = True
        log("stopping", signal=number.name)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_stop, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
