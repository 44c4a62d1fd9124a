"""A relay between us and a Home Assistant that sees every frame, and can cut or kill at any."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from websockets.asyncio.connection import Connection
    from websockets.asyncio.server import ServerConnection

_MAX_SIZE = 16 * 1024 * 1024


class Relay:
    """Passes frames on, and counts them in both directions together."""

    def __init__(
        self,
        upstream: str,
        at: int | Callable[[str | bytes], bool],
        then: Callable[[], None] | None,
    ) -> None:
        """Pass on `at` frames, or up to the one of which `at` says yes.

        Then call `then`, if it is there, and break the connection.
        """
        self.url = ""
        self.frames = 0
        self._upstream = upstream
        self._is_last = at if callable(at) else lambda _: self.frames >= at
        self._over = False
        self._then = then

    async def handle(self, client: ServerConnection) -> None:
        """Serve one connection of ours."""
        url = f"{self._upstream.replace('http', 'ws', 1)}/api/websocket"
        async with connect(url, max_size=_MAX_SIZE, compression=None, proxy=None) as server:
            tasks = [
                asyncio.create_task(self._pass(client, server)),
                asyncio.create_task(self._pass(server, client)),
            ]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            client.transport.abort()
            server.transport.abort()

    async def _pass(self, source: Connection, sink: Connection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in source:
                if self._over:
                    return
                self.frames += 1
                self._over = self._is_last(frame)
                await sink.send(frame)
                if self._over:
                    if self._then is not None:
                        self._then()
                    return


@contextlib.asynccontextmanager
async def relay(
    upstream: str,
    *,
    at: int | Callable[[str | bytes], bool],
    then: Callable[[], None] | None = None,
) -> AsyncIterator[Relay]:
    """Run a relay on loopback in front of `upstream` (`http://…`), for the block."""
    running = Relay(upstream, at, then)
    async with serve(
        running.handle, "127.0.0.1", 0, max_size=_MAX_SIZE, compression=None
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        running.url = f"http://127.0.0.1:{port}"
        yield running
