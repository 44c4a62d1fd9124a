"""All who look at the daemon from outside: systemd, Prometheus, a person's browser."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError
from appcreds_sync.model.listening import Listen
from appcreds_sync.watch.events import log
from appcreds_sync.watch.lead import lead_of
from appcreds_sync.watch.options import GOODBYE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from appcreds_sync.watch.status import Status, StoreStatus
    from appcreds_sync.watch.systemd import Systemd
    from appcreds_sync.watch.web.metrics import Metrics


_NOWHERE = Listen(None)


class Outside:
    """Shows one status."""

    def __init__(self, status: Status, systemd: Systemd) -> None:
        self._status = status
        self._systemd = systemd
        self._metrics: Metrics | None = None
        self._listen = _NOWHERE
        self._serving = AsyncExitStack()
        self._beating: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def seen(self) -> AsyncIterator[None]:
        """Show it for the block, once `ready`."""
        try:
            yield
        finally:
            await self._serving.aclose()
            if self._beating is not None:
                await _cancel(self._beating)

    async def listen(self, listen: Listen) -> None:
        """Serve there from now on; raise AppcredsError, and go on as before, if that fails."""
        before = self._listen
        if listen == before:
            return
        # First, as it may be another host with the same port.
        await self._serving.aclose()
        self._listen = _NOWHERE
        try:
            await self._serve(listen)
        except AppcredsError:
            await self._serve(before)
            raise

    def ready(self) -> None:
        """Take note that it is seen: who depends on us need not wait for Vault and stores."""
        self._systemd.ready()
        self.changed()
        seconds = self._systemd.watchdog_seconds
        if seconds is not None and self._beating is None:
            self._beating = asyncio.create_task(self._beat(seconds))

    def turned(self, store: StoreStatus) -> None:
        """Take a store whose status was just replaced."""
        if self._metrics is not None:
            self._metrics.observe(store)
        self.changed()

    def changed(self) -> None:
        """Take note that the status is another one."""
        self._systemd.status(lead_of(self._status)[1])

    def reloading(self) -> None:
        """Take note that a reload begins."""
        self._systemd.reloading()

    def reloaded(self) -> None:
        """Take note that it is over, be it with a broken manifest."""
        self._systemd.ready()

    def stopping(self, seconds: float) -> None:
        """Take note that the daemon ends, with `seconds` for the changes in hand."""
        self._systemd.stopping(seconds + GOODBYE_SECONDS)

    async def _serve(self, listen: Listen) -> None:
        if listen.address is None:
            return
        # Here: prometheus_client takes 20 ms to import, and with `listen: off` nobody asks.
        from appcreds_sync.watch.web.metrics import Metrics
        from appcreds_sync.watch.web.routes import routes
        from appcreds_sync.watch.web.server import serving

        metrics = self._metrics or Metrics(self._status)
        served = serving(listen.address, routes(self._status, metrics))
        await self._serving.enter_async_context(served)
        self._metrics, self._listen = metrics, listen
        log("listening", address=str(listen))

    async def _beat(self, seconds: float) -> None:
        while True:
            self._systemd.alive()
            await asyncio.sleep(seconds)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
