"""Runs the daemon: the event loop, the clock and the signals come in here."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import logging
import os
from typing import TYPE_CHECKING

from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.watch.daemon import Daemon
from appcreds_sync.watch.mistakes import mistake_in_loop
from appcreds_sync.watch.options import GOODBYE_SECONDS
from appcreds_sync.watch.outside import Outside
from appcreds_sync.watch.signals import handling
from appcreds_sync.watch.status import Status
from appcreds_sync.watch.systemd import Systemd

if TYPE_CHECKING:
    from appcreds_sync.watch.options import WatchOptions

_NEW_OBJECTS = 2_000
"""Between two searches for garbage."""


def watch(options: WatchOptions) -> int:
    """Run until stopped; return the exit code. Raise ManifestError if it is broken at start."""
    # The command line's own limit is for runs that end; here cycles must not pile up for months.
    gc.set_threshold(_NEW_OBJECTS)
    return int(asyncio.run(_watch(options)))


async def _watch(options: WatchOptions) -> int:
    asyncio.get_running_loop().set_exception_handler(mistake_in_loop)
    status = Status(dt.datetime.now(tz=dt.UTC))
    outside = Outside(status, Systemd(os.environ))
    daemon = Daemon(options, load_catalogue(), status, outside)
    with handling(daemon.stop, daemon.reload, options.drain + GOODBYE_SECONDS):
        code = await daemon.run()
    if daemon.overdue:
        # A thread may hang in a request of its own, and Python would wait for it.
        logging.shutdown()
        os._exit(code)
    return code
