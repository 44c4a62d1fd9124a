"""A door to a server that can be shut: what is under way breaks, what comes is turned away."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from tests.lab.ports import LOOPBACK, free_port

if TYPE_CHECKING:
    from types import TracebackType


class Door:
    """Leads to the server at `url`, until it is shut or the block ends."""

    def __init__(self, url: str) -> None:
        self._upstream = urlsplit(url).port or 80
        self._port = free_port()
        self.url = f"http://{LOOPBACK}:{self._port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._through: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self) -> None:
        """Let connections through."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(30)

    def shut(self) -> None:
        """Break every connection, and refuse new ones."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(30)

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._pass, LOOPBACK, self._port)

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        tasks = tuple(self._through)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pipe_both(reader, writer))
        self._through.add(task)
        task.add_done_callback(self._through.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _pipe_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, self._upstream)
        try:
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        finally:
            back.transport.abort()
            writer.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()
