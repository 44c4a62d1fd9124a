"""A small HTTP server: GET only, one request a connection, every length and time bounded."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.model.listening import Listen
from appcreds_sync.watch.mistakes import mistake_of_ours
from appcreds_sync.watch.web.request import is_loopback, is_own_name, parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from appcreds_sync.watch.web.request import Request

_HEAD_BYTES = 8 * 1024
_SECONDS = 5.0
"""For a request to arrive, and its answer to be taken to the last byte."""
_AT_ONCE = 32
"""Connections that are given what they ask for."""
_AT_MOST = 4 * _AT_ONCE
"""Those beyond _AT_ONCE are told of the daemon's health; those beyond this are hung up on."""
HEALTH = "/healthz"
_MISDIRECTED = b"""\
This is on loopback, and answers only who asks for an address or for localhost.
Let a proxy in front send such a name as Host, or set `watch.listen` to an address of the network.
"""

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
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
    host, port = address
    served = _Served(routes, only_own_names=is_loopback(host))
    try:
        server = await asyncio.start_server(served.take, host, port, limit=_HEAD_BYTES)
    except OSError as error:
        what = f"can't listen at {Listen(address)}: {error.strerror}"
        hint = "set `watch.listen` to a free port, or to off"
        raise AppcredsError(Problem("listen", what, hint)) from error
    try:
        yield
    finally:
        server.close()
        await served.end()
        with contextlib.suppress(TimeoutError):
            # Since Python 3.12 it waits for open connections, too.
            async with asyncio.timeout(1):
                await server.wait_closed()


class _Served:
    """The connections that are open."""

    def __init__(self, routes: Routes, *, only_own_names: bool) -> None:
        self._routes = routes
        self._only_own_names = only_own_names
        self._open: set[asyncio.Task[None]] = set()

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin with one more."""
        if len(self._open) >= _AT_MOST:
            writer.transport.abort()
            return
        # Not asyncio's own task: up to Python 3.11 it complains of one that is cancelled.
        task = asyncio.create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def end(self) -> None:
        """Hang all of them up."""
        tasks = tuple(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # All that is awaited is in here: a client that does not read keeps `wait_closed` waiting.
        try:
            async with asyncio.timeout(_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # nobody is left to be told
        finally:
            writer.transport.abort()

    def _answer(self, head: bytes) -> bytes:
        try:
            request = parse(head)
        except ValueError:
            return _bytes(_plain(HTTPStatus.BAD_REQUEST))
        answer = self._answer_to(request)
        return _bytes(answer, body=request.method != "HEAD")

    def _answer_to(self, request: Request) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            refused = _plain(HTTPStatus.METHOD_NOT_ALLOWED)
            return replace(refused, headers={"Allow": "GET, HEAD"})
        # A web site may give its own name our address, and read what a person's browser may.
        if self._only_own_names and request.host is not None and not is_own_name(request.host):
            return Answer(_MISDIRECTED, status=HTTPStatus.MISDIRECTED_REQUEST)
        route = self._routes.get(request.path)
        if route is None:
            return _plain(HTTPStatus.NOT_FOUND)
        if len(self._open) > _AT_ONCE and request.path != HEALTH:
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            return route()
        except Exception as error:  # noqa: BLE001  # one page's bug must not hide the others
            mistake_of_ours(error)
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain(status: HTTPStatus) -> Answer:
    return Answer(f"{status.phrase}\n".encode(), status=status)


def _bytes(answer: Answer, *, body: bool = True) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in (_SECURITY | dict(answer.headers)).items()]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + answer.body if body else head
