"""The socket to one Home Assistant: who opens, reads and ends it, and for how long one waits.

Measured with 1,000 pipelined commands: `websockets` costs 15 µs for each with its own `send`, and
writing many frames at once saves nothing, as Home Assistant works while we write.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import CloseCode

from appcreds_sync.model.errors import CommandRefused, Problem, StoreUnavailable
from appcreds_sync.stores.home_assistant import protocol
from appcreds_sync.stores.home_assistant.unreachable import Target, unreachable
from appcreds_sync.stores.side_by_side import side_by_side

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from appcreds_sync.model.secret import Secret

    Listener = Callable[[object], None]

WINDOW = 512
"""Commands under way at once. Home Assistant drops a client with 4,096 answers queued, and one
with 1,024 for 5 s (2024.3.3, 2025.4.4: `websocket_api/const.py`)."""
MAX_SIZE = 16 * 1024 * 1024
"""Bytes of one message; `list` of 10,000 items takes about 3 MiB."""
_PING_SECONDS = 20.0
_CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Command:
    """What can be asked."""

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict, repr=False)
    """Beside `id` and `type`; they may hold a secret, so they are never printed."""
    timeout: float | None = None
    """Seconds; None is the connection's."""


class Connection:
    """An open and logged-in connection. Only `open_connection` makes one."""

    def __init__(self, socket: ClientConnection, target: Target, ha_version: str) -> None:
        self.ha_version = ha_version
        self._socket = socket
        self._target = target
        self._conversation = protocol.Conversation()
        self._waiting: dict[int, asyncio.Future[protocol.Answer | None]] = {}
        self._listeners: dict[int, Listener] = {}
        self._ended = asyncio.Event()
        self._window = asyncio.Semaphore(WINDOW)
        self._sending = asyncio.Lock()
        self._end: Problem | None = None

    async def ask(self, command: Command, *, listener: Listener | None = None) -> protocol.Answer:
        """Send one command and return its answer, be it yes or no. Calls may overlap.

        `listener` gets the events of a command that subscribes, which may come with the answer.
        Raise StoreUnavailable if no answer comes.
        """
        timeout = self._target.timeout if command.timeout is None else command.timeout
        async with self._window:  # waits no longer than those who hold it may wait
            number = None
            try:
                async with asyncio.timeout(timeout):
                    async with self._sending:  # ids must arrive in the order they are taken in
                        if self._end is not None:
                            raise StoreUnavailable(self._end)
                        number, frame = self._conversation.command(command.kind, command.fields)
                        answering = self._socket.loop.create_future()
                        self._waiting[number] = answering
                        if listener is not None:
                            self._listeners[number] = listener
                        await self._socket.send(frame)
                    answer: protocol.Answer | None = await answering
            except TimeoutError:
                what = f"no answer to `{command.kind}` within {timeout:g} s"
                raise StoreUnavailable(self._unknown("store-timeout", what)) from None
            except ConnectionClosed as error:
                raise StoreUnavailable(self._closed(error)) from error
            finally:
                if number is not None:
                    self._waiting.pop(number, None)
        if answer is None:
            raise StoreUnavailable(self._lost())
        return answer

    async def ask_all(self, commands: Iterable[Command]) -> list[protocol.Answer]:
        """Ask all, many at once; the answers stand in the order of the commands."""
        return await side_by_side(self.ask, commands)

    async def read(self) -> None:
        """Give each answer to who waits for it, until the connection ends."""
        try:
            while True:
                for message in self._conversation.receive(await self._socket.recv()):
                    self._deliver(message)
        except ConnectionClosed as error:
            self._end = self._closed(error)
        except protocol.ProtocolViolation as error:
            self._end = _nonsense(error, self._target)
        finally:
            self._ended.set()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_result(None)

    async def lost(self) -> StoreUnavailable:
        """Wait for the connection's end, and return why it ended."""
        await self._ended.wait()
        return StoreUnavailable(self._lost())

    async def announce_features(self) -> None:
        """Allow Home Assistant to join answers that are ready at once into one frame."""
        features = {"features": {"coalesce_messages": 1}}
        _, frame = self._conversation.command("supported_features", features)
        with contextlib.suppress(ConnectionClosed):  # the first question will say so, and better
            await self._socket.send(frame)

    def _deliver(self, message: protocol.Answer | protocol.Event) -> None:
        if isinstance(message, protocol.Event):
            listener = self._listeners.get(message.number)
            if listener is not None:
                listener(message.value)
            return
        waiting = self._waiting.get(message.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def _lost(self) -> Problem:
        return self._end or self._unknown("store-lost", "the connection was closed")

    def _closed(self, error: ConnectionClosed) -> Problem:
        ours = None if error.rcvd_then_sent else error.sent
        if ours is not None and ours.code == CloseCode.MESSAGE_TOO_BIG:
            what = f"an answer of more than {MAX_SIZE // 1024 // 1024} MiB"
            hint = "delete what Home Assistant need not hold; look at its `list`"
            return Problem("store-answer-too-long", what, hint, self._target.where)
        return self._unknown("store-lost", "Home Assistant closed the connection, or it broke")

    def _unknown(self, code: str, what: str) -> Problem:
        hint = "whether it took effect is not known: look at Home Assistant's log, and run again"
        return Problem(code, what, hint, self._target.where)


@contextlib.asynccontextmanager
async def open_connection(
    target: Target, token: Secret, tls: ssl.SSLContext | None
) -> AsyncIterator[Connection]:
    """Connect, log in, and read until the block ends. `tls` for `wss:` only.

    Raise StoreUnavailable where that fails, and CommandRefused where the token is not accepted.
    """
    socket = await _connect(target, tls)
    try:
        connection = Connection(socket, target, await _log_in(socket, target, token))
        reading = asyncio.create_task(connection.read())
        try:
            await connection.announce_features()
            yield connection
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
    finally:
        await _close(socket)


class _ConnectHere(connect):
    def process_redirect(self, exc: Exception) -> Exception:
        """Follow none: the token would go to whoever the answer names."""
        return exc


async def _connect(target: Target, tls: ssl.SSLContext | None) -> ClientConnection:
    # At DEBUG, `websockets` prints whole frames: the token, and every secret of the store.
    logger = logging.getLogger(f"{__name__}.wire")
    logger.setLevel(logging.INFO)
    try:
        return await _ConnectHere(
            target.url,
            ssl=tls,
            logger=logger,
            # A Home Assistant is near, or has an address of its own; HTTPS_PROXY is for the world.
            proxy=None,
            # Costs more time than it saves between two machines of one network.
            compression=None,
            max_size=MAX_SIZE,
            open_timeout=target.timeout,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            close_timeout=_CLOSE_SECONDS,
        )
    except (OSError, UnicodeError, InvalidHandshake) as error:
        raise unreachable(error, target) from error


async def _close(socket: ClientConnection) -> None:
    """Say goodbye; hang up on who does not even read it, for which `websockets` would wait."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await socket.close()
    except TimeoutError:
        socket.transport.abort()
        await socket.wait_closed()


async def _log_in(socket: ClientConnection, target: Target, token: Secret) -> str:
    try:
        async with asyncio.timeout(target.timeout):
            version = protocol.read_greeting(await socket.recv())
            await socket.send(protocol.auth_frame(token))
            protocol.read_welcome(await socket.recv())
    except TimeoutError:
        what = f"connected, but no greeting or login within {target.timeout:g} s"
        hint = "check that `url` leads to Home Assistant, and that it is not overloaded"
        raise StoreUnavailable(Problem("store-timeout", what, hint, target.where)) from None
    except ConnectionClosed as error:
        what = "the connection was closed before the login was done"
        hint = "Home Assistant may be stopping or starting: try again later"
        raise StoreUnavailable(Problem("store-lost", what, hint, target.where)) from error
    except protocol.ProtocolViolation as error:
        raise StoreUnavailable(_nonsense(error, target)) from error
    except protocol.AuthInvalid:
        what = "Home Assistant does not accept the token"
        hint = (
            "make a long-lived access token as an administrator (your profile, Security) and store"
            " it where `token` points; failed logins can get this machine banned"
        )
        raise CommandRefused(Problem("store-token-refused", what, hint, target.where)) from None
    return version


def _nonsense(error: protocol.ProtocolViolation, target: Target) -> Problem:
    what = f"{target.address} does not talk like Home Assistant: {error}"
    hint = "check that `url` leads to Home Assistant, and what a proxy in between does"
    return Problem("store-protocol", what, hint, target.where)
