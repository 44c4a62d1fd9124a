"""What the daemon does when it is sent a signal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

from appcreds_sync.watch.events import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALLED = 128
"""Plus the signal's number, as shells count."""
_STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def handling(
    stop: Callable[[], None], reload: Callable[[], None], seconds: float
) -> Iterator[None]:
    """Within the block: SIGHUP reloads, SIGTERM and SIGINT stop, a second one ends at once.

    Whatever hangs, the process ends with 1 within `seconds` of the first.
    """
    loop = asyncio.get_running_loop()

    stopping = False

    def on_stop(number: signal.Signals) -> None:
        nonlocal stopping
        if stopping:
            os._exit(_SIGNALLED + number)  # both came before the loop looked at either
        stopping = True
        for each in _STOPPING:
            loop.remove_signal_handler(each)
            # The kernel's own way: it needs no loop that turns.
            signal.signal(each, signal.SIG_DFL)
        log("stopping", signal=number.name)
        end = threading.Timer(seconds, os._exit, (1,))
        end.daemon = True
        end.start()
        stop()

    for number in _STOPPING:
        loop.add_signal_handler(number, on_stop, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number in (*_STOPPING, signal.SIGHUP):
            loop.remove_signal_handler(number)
