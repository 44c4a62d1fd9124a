"""The server alone, with clients that a browser would not be."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.watch.web.server import Answer, Routes, serving
from tests.lab.ports import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from _pytest.logging import LogCaptureFixture

_LONG = b"x" * 8_000_000
"""More than any kernel takes off our hands for a client that does not read."""


def _breaks() -> Answer:
    raise ValueError("hunter2")  # what must not be seen


ROUTES: Routes = {
    "/": lambda: Answer(b"page"),
    "/long": lambda: Answer(_LONG),
    "/healthz": lambda: Answer(b"ok\n"),
    "/breaks": _breaks,
}


@contextlib.asynccontextmanager
async def _served(host: str = "127.0.0.1") -> AsyncIterator[int]:
    port = free_port()
    async with serving((host, port), ROUTES):
        yield port


async def _ask(port: int, request: str = "GET / HTTP/1.1\r\nHost: localhost") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(f"{request}\r\n\r\n".encode())
        return await reader.read()


async def _status(port: int, request: str) -> HTTPStatus:
    return HTTPStatus(int((await _ask(port, request)).split(b" ")[1]))


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET / HTTP/1.1", HTTPStatus.OK),
        ("GET /?x HTTP/1.1", HTTPStatus.OK),
        ("GET http://localhost:80/healthz HTTP/1.1", HTTPStatus.OK),
        ("GET HTTP://localhost HTTP/1.1", HTTPStatus.OK),
        ("GET http://[::1/ HTTP/1.1", HTTPStatus.BAD_REQUEST),
        ("GET /", HTTPStatus.BAD_REQUEST),
        ("GET / SPDY/3", HTTPStatus.BAD_REQUEST),
        ("GET /none HTTP/1.1", HTTPStatus.NOT_FOUND),
        ("PUT / HTTP/1.1", HTTPStatus.METHOD_NOT_ALLOWED),
    ],
)
async def test_what_is_asked_for(request_line: str, status: HTTPStatus) -> None:
    async with _served() as port:
        assert await _status(port, f"{request_line}\r\nHost: localhost") is status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8099", HTTPStatus.OK),
        ("home.localhost", HTTPStatus.OK),
        ("127.0.0.1:8099", HTTPStatus.OK),
        ("[::1]:8099", HTTPStatus.OK),
        ("192.0.2.1", HTTPStatus.OK),
        ("evil.example", HTTPStatus.MISDIRECTED_REQUEST),
        ("localhost.evil.example:8099", HTTPStatus.MISDIRECTED_REQUEST),
    ],
)
async def test_on_loopback_no_web_site_gives_us_its_own_name(host: str, status: HTTPStatus) -> None:
    async with _served() as port:
        assert await _status(port, f"GET / HTTP/1.1\r\nhost:{host}") is status
        assert await _status(port, f"GET http://{host}/ HTTP/1.1") is status


async def test_on_the_network_any_name_may_be_ours() -> None:
    async with _served("0.0.0.0") as port:  # noqa: S104  # asked for on loopback all the same
        assert await _status(port, "GET / HTTP/1.1\r\nHost: house.example") is HTTPStatus.OK


async def test_clients_that_do_not_read_do_not_hide_our_health() -> None:
    async with _served() as port, contextlib.AsyncExitStack() as clients:
        for _ in range(40):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            clients.enter_context(contextlib.closing(writer))
            writer.write(b"GET /long HTTP/1.1\r\n\r\n")

        assert (await _ask(port, "GET /healthz HTTP/1.1")).endswith(b"ok\n")
        assert await _status(port, "GET / HTTP/1.1") is HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_client_that_does_not_read_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appcreds_sync.watch.web.server._SECONDS", 0.2)
    async with _served() as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /long HTTP/1.1\r\n\r\n")
            while len(asyncio.all_tasks()) < 2:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.01)
            async with asyncio.timeout(30):
                while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110  # nothing tells of it
                    await asyncio.sleep(0.01)


async def test_a_page_that_breaks_is_said_to(caplog: LogCaptureFixture) -> None:
    async with _served() as port:
        assert await _status(port, "GET /breaks HTTP/1.1") is HTTPStatus.INTERNAL_SERVER_ERROR
        assert await _status(port, "GET / HTTP/1.1") is HTTPStatus.OK

    assert [record.message for record in caplog.records] == ["internal-error"]
    assert "hunter2" not in caplog.text + str(caplog.records[0].__dict__)


async def test_it_ends_although_a_connection_is_open(caplog: LogCaptureFixture) -> None:
    async with _served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _ask(port)  # so the one before it has been taken, too
    with contextlib.closing(writer), contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""

    assert caplog.records == []
