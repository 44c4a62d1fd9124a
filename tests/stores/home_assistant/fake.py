"""Servers that misbehave in ways to which no real Home Assistant can be brought."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve

from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import ReferenceText
from appcreds_sync.model.secret import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

TOKEN = Secret("canary-token-2c41")
LOOPBACK = "127.0.0.1"
_MARK = Mark("appcreds.yaml", 1, 1)
_REFERENCE = ReferenceText("env://TOKEN", "url", _MARK, Path("/"), Path("/"))


def spec(url: str, *, timeout: float = 10.0, **fields: Any) -> LiveStoreSpec:
    return LiveStoreSpec("house", url, _REFERENCE, frozenset(), _MARK, timeout=timeout, **fields)


@contextlib.asynccontextmanager
async def serving(
    script: Callable[[ServerConnection], Awaitable[None]], *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Run `script` for each connection, from its first frame; yield the server's URL."""
    async with serve(
        script, LOOPBACK, 0, ssl=tls, compression=None, max_size=None, close_timeout=0.1
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"{'https' if tls else 'http'}://{LOOPBACK}:{port}"


def after_login(
    script: Callable[[ServerConnection], Awaitable[None]], version: str = "2025.4.4"
) -> Callable[[ServerConnection], Awaitable[None]]:
    """Let anybody in, then run `script`."""

    async def run(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required", "ha_version": version}))
        await socket.recv()
        await socket.send(json.dumps({"type": "auth_ok", "ha_version": version}))
        assert (await command(socket))["type"] == "supported_features"
        await script(socket)
        # Until the client goes: a script's end is not the connection's.
        await socket.wait_closed()

    return run


async def command(socket: ServerConnection) -> dict[str, Any]:
    received: dict[str, Any] = json.loads(await socket.recv())
    return received


def success(number: int, value: object = None) -> str:
    return json.dumps({"id": number, "type": "result", "success": True, "result": value})


def failure(number: int, code: str, message: str) -> str:
    error = {"code": code, "message": message}
    return json.dumps({"id": number, "type": "result", "success": False, "error": error})


@contextlib.asynccontextmanager
async def serving_bytes(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """Run `talk` for each TCP connection, and hang up; yield the URL. Ends when all have ended."""
    talks: set[asyncio.Task[None] | None] = set()

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        with contextlib.suppress(OSError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(run, LOOPBACK, 0, ssl=tls) as server:
        yield f"{'https' if tls else 'http'}://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    await asyncio.gather(*(each for each in talks if each is not None))


def answering(answer: bytes) -> contextlib.AbstractAsyncContextManager[str]:
    """Send `answer` to the first bytes that come, whatever they are, and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer:
            await reader.read(65_536)
            writer.write(answer)
            await writer.drain()

    return serving_bytes(talk)


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    message: str = ""


def replying(
    replies: Mapping[str, object], version: str = "2025.4.4"
) -> Callable[[ServerConnection], Awaitable[None]]:
    """Answer each command by its entry in `replies`: a result, or a Refusal. Others are unknown."""

    async def run(socket: ServerConnection) -> None:
        async for frame in socket:
            asked = json.loads(frame)
            reply = replies.get(asked["type"], Refusal("unknown_command", "Unknown command."))
            if isinstance(reply, Refusal):
                await socket.send(failure(asked["id"], reply.code, reply.message))
            else:
                await socket.send(success(asked["id"], reply))

    return after_login(run, version)


@contextlib.asynccontextmanager
async def relay(to: str, prefix: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Be a reverse proxy that takes `prefix` off the path; yield the URL with the prefix."""
    target = urlsplit(to)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        start = f"GET {prefix}/".encode()
        if not head.startswith(start):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        inner, outer = await asyncio.open_connection(target.hostname, target.port)
        outer.write(b"GET /" + head.removeprefix(start))
        await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))

    async with serving_bytes(talk, tls) as url:
        yield f"{url}{prefix}"


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()
