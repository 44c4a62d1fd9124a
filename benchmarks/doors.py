"""Many addresses of one server: a fleet, without two hundred Home Assistants."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def doors(url: str, count: int) -> Iterator[list[str]]:
    """Yield `count` addresses that all lead to the server at `url`, for the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.run_coroutine_threadsafe(_open(urlsplit(url).port or 80, count), loop)
    servers = opening.result(30)
    try:
        yield [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers]
    finally:
        asyncio.run_coroutine_threadsafe(_close(servers), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(port: int, count: int) -> list[asyncio.Server]:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))

    return [await asyncio.start_server(pass_on, "127.0.0.1", 0) for _ in range(count)]


async def _close(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    passing = asyncio.all_tasks() - {asyncio.current_task()}
    for each in passing:
        each.cancel()
    await asyncio.gather(*passing, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
