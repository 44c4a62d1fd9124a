"""A small HTTP server: GET only, one request a connection, every length and time bounded."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError, Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

_HEAD_BYTES = 8 * 1024
_SECONDS = 5.0
"""For a request to arrive, and for its answer to be taken."""
_AT_ONCE = 32
"""Connections; more than that are hung up on."""

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers with."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


Routes = dict[str, "Callable[[], Answer]"]
"""By path, without the query."""


@contextlib.asynccontextmanager
async def serving(address: tuple[str, int], routes: Routes) -> AsyncIterator[None]:
    """Answer at host and port for the block. Raise AppcredsError if that is not to be had."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if free.locked():
            writer.transport.abort()
            return
        async with free:
            await _serve(reader, writer, routes)

    host, port = address
    try:
        server = await asyncio.start_server(serve, host, port, limit=_HEAD_BYTES)
    except OSError as error:
        what = f"can't listen at {host}:{port}: {error.strerror}"
        hint = "set `watch.listen` to a free port, or to off"
        raise AppcredsError(Problem("listen", what, hint)) from error
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(TimeoutError):
            # Since Python 3.12 it waits for open connections, too.
            async with asyncio.timeout(1):
                await server.wait_closed()


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, routes: Routes
) -> None:
    try:
        async with asyncio.timeout(_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            method, answer = _answer(head, routes)
            writer.write(_head(answer) + (b"" if method == "HEAD" else answer.body))
            await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        writer.transport.abort()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _answer(head: bytes, routes: Routes) -> tuple[str, Answer]:
    line = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
    if len(line) != 3 or not line[2].startswith("HTTP/1."):  # noqa: PLR2004  # method, target, version
        return "GET", _plain(HTTPStatus.BAD_REQUEST)
    method, target, _ = line
    if method not in {"GET", "HEAD"}:
        refused = _plain(HTTPStatus.METHOD_NOT_ALLOWED)
        return method, Answer(refused.body, status=refused.status, headers={"Allow": "GET, HEAD"})
    route = routes.get(target.partition("?")[0])
    return method, _plain(HTTPStatus.NOT_FOUND) if route is None else route()


def _plain(status: HTTPStatus) -> Answer:
    return Answer(f"{status.phrase}\n".encode(), status=status)


def _head(answer: Answer) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in (_SECURITY | dict(answer.headers)).items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
