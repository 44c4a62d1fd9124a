from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import AppcredsError, CommandRefused, StoreUnavailable
from appcreds_sync.stores.home_assistant.connection import WINDOW, Command, open_connection
from appcreds_sync.stores.home_assistant.protocol import Event, Failure, Result
from appcreds_sync.stores.home_assistant.unreachable import Target
from tests.stores.home_assistant.fake import (
    TOKEN,
    after_login,
    answering,
    command,
    failure,
    serving,
    serving_bytes,
    success,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from websockets.asyncio.server import ServerConnection

    from appcreds_sync.stores.home_assistant.protocol import Answer

_PING = Command("ping")


def _target(url: str, timeout: float = 10.0) -> Target:
    return Target(f"ws{url.removeprefix('http')}/api/websocket", "store house", timeout)


async def _ask(
    script: Callable[[ServerConnection], Awaitable[None]], *, count: int = 1, patience: float = 10.0
) -> list[Answer]:
    async with (
        serving(script) as url,
        open_connection(_target(url, patience), TOKEN, None) as connection,
    ):
        return await connection.ask_all([_PING] * count)


async def _fails(
    script: Callable[[ServerConnection], Awaitable[None]], *, count: int = 1, patience: float = 10.0
) -> AppcredsError:
    with pytest.raises(AppcredsError) as caught:
        await _ask(script, count=count, patience=patience)
    assert TOKEN.reveal() not in str(caught.value)
    assert caught.value.problem.where == "store house"
    return caught.value


async def test_each_caller_gets_the_answer_to_its_own_command() -> None:
    async def backwards(socket: ServerConnection) -> None:
        asked = [await command(socket) for _ in range(3)]
        for each in reversed(asked):
            await socket.send(success(each["id"], each["id"] * 10))

    assert await _ask(after_login(backwards), count=3) == [
        Result(2, 20),
        Result(3, 30),
        Result(4, 40),
    ]


async def test_answers_joined_into_one_frame_reach_each_caller() -> None:
    async def joined(socket: ServerConnection) -> None:
        asked = [await command(socket) for _ in range(3)]
        await socket.send(f"[{','.join(success(each['id']) for each in asked)}]")

    assert len(await _ask(after_login(joined), count=3)) == 3


async def test_ids_arrive_in_rising_order_however_many_ask_at_once() -> None:
    seen: list[int] = []

    async def noting(socket: ServerConnection) -> None:
        for _ in range(2 * WINDOW):
            asked = await command(socket)
            seen.append(asked["id"])
            await socket.send(success(asked["id"]))

    await _ask(after_login(noting), count=2 * WINDOW)

    assert seen == list(range(2, 2 * WINDOW + 2))


async def test_no_more_commands_are_under_way_than_home_assistant_bears() -> None:
    async def holding_back(socket: ServerConnection) -> None:
        asked = [await command(socket) for _ in range(WINDOW)]
        await (await socket.ping())  # what the client sent before its pong has now arrived
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.01)
        for each in asked:
            await socket.send(success(each["id"]))
        while True:
            await socket.send(success((await command(socket))["id"]))

    assert len(await _ask(after_login(holding_back), count=WINDOW + 50)) == WINDOW + 50


async def test_a_second_answer_to_one_id_does_no_harm() -> None:
    async def twice(socket: ServerConnection) -> None:
        number = (await command(socket))["id"]
        await socket.send(failure(number, "not_found", "no such item"))
        await socket.send(success(number))
        await socket.send(success((await command(socket))["id"], "next"))

    async with (
        serving(after_login(twice)) as url,
        open_connection(_target(url), TOKEN, None) as connection,
    ):
        first = await connection.ask(_PING)
        second = await connection.ask(_PING)

    assert isinstance(first, Failure)
    assert second == Result(3, "next")


async def test_silence_ends_in_an_error_and_the_connection_lives_on() -> None:
    async def silent_once(socket: ServerConnection) -> None:
        late = (await command(socket))["id"]
        asked = (await command(socket))["id"]
        await socket.send(success(late, "too late"))
        await socket.send(success(asked, "in time"))

    async with (
        serving(after_login(silent_once)) as url,
        open_connection(_target(url), TOKEN, None) as connection,
    ):
        with pytest.raises(StoreUnavailable, match=r"no answer to `ping` within 0\.05 s"):
            await connection.ask(Command("ping", timeout=0.05))
        answer = await connection.ask(_PING)

    assert answer == Result(3, "in time")


async def test_a_caller_that_gives_up_is_not_missed() -> None:
    async def late(socket: ServerConnection) -> None:
        first = (await command(socket))["id"]
        second = (await command(socket))["id"]
        await socket.send(success(first))
        await socket.send(success(second, "mine"))

    async with (
        serving(after_login(late)) as url,
        open_connection(_target(url), TOKEN, None) as connection,
    ):
        gives_up = asyncio.create_task(connection.ask(_PING))
        await asyncio.sleep(0)
        gives_up.cancel()
        assert await connection.ask(_PING) == Result(3, "mine")
        with pytest.raises(asyncio.CancelledError):
            await gives_up


async def _closes(socket: ServerConnection) -> None:
    await command(socket)
    await socket.close()


async def _aborts(socket: ServerConnection) -> None:
    await command(socket)
    socket.transport.abort()


async def _aborts_within_a_frame(socket: ServerConnection) -> None:
    await command(socket)
    socket.transport.write(b'\x81\x7e\x10\x00{"id": 2, "type": "res')
    socket.transport.abort()


@pytest.mark.parametrize("script", [_closes, _aborts, _aborts_within_a_frame])
async def test_a_lost_connection_is_no_cancellation_and_leaves_nobody_waiting(
    script: Callable[[ServerConnection], Awaitable[None]],
) -> None:
    async with (
        serving(after_login(script)) as url,
        open_connection(_target(url), TOKEN, None) as connection,
    ):
        outcomes = await asyncio.gather(
            *(connection.ask(_PING) for _ in range(5)), return_exceptions=True
        )
        with pytest.raises(StoreUnavailable):
            await connection.ask(_PING)

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 5
    assert all("whether it took effect is not known" in str(outcome) for outcome in outcomes)


@pytest.mark.parametrize(
    "frame",
    [success(99), "not JSON", "[7]", b"binary", success(99).encode()],
    ids=repr,
)
async def test_nonsense_ends_the_connection(frame: str | bytes) -> None:
    async def talking_nonsense(socket: ServerConnection) -> None:
        await command(socket)
        await socket.send(frame)

    error = await _fails(after_login(talking_nonsense), count=3)

    assert error.problem.code == "store-protocol"


async def test_an_answer_that_is_too_long_is_refused() -> None:
    async def verbose(socket: ServerConnection) -> None:
        await socket.send(success((await command(socket))["id"], "x" * (17 * 1024 * 1024)))

    error = await _fails(after_login(verbose))

    assert error.problem.code == "store-answer-too-long"


async def test_an_answer_of_ten_thousand_items_is_not_too_long() -> None:
    fields = ("id", "domain", "client_id", "client_secret", "auth_domain", "name")
    item = dict.fromkeys(fields, "x" * 60)

    async def many(socket: ServerConnection) -> None:
        await socket.send(success((await command(socket))["id"], [item] * 10_000))

    (answer,) = await _ask(after_login(many))

    assert isinstance(answer, Result)
    assert answer.value == [item] * 10_000


async def test_an_event_that_nobody_waits_for_does_no_harm() -> None:
    async def telling(socket: ServerConnection) -> None:
        number = (await command(socket))["id"]
        await socket.send(json.dumps({"id": number, "type": "event", "event": {}}))
        await socket.send(success(number))

    assert await _ask(after_login(telling)) == [Result(2, None)]


_TOO_LARGE_FOR_ANY_BUFFER = Command("create", {"name": "x" * (32 * 1024 * 1024)})


async def test_a_server_that_stops_reading_is_not_waited_for_longer() -> None:
    async def deaf(socket: ServerConnection) -> None:
        socket.transport.pause_reading()

    async with serving(after_login(deaf)) as url:
        with pytest.raises(StoreUnavailable) as caught:
            async with open_connection(_target(url, 0.2), TOKEN, None) as connection:
                await connection.ask(_TOO_LARGE_FOR_ANY_BUFFER)

    assert caught.value.problem.code == "store-timeout"


async def test_a_connection_that_breaks_while_we_send_is_lost() -> None:
    async def aborting(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        asyncio.get_running_loop().call_later(0.05, socket.transport.abort)

    async with serving(after_login(aborting)) as url:
        with pytest.raises(StoreUnavailable) as caught:
            async with open_connection(_target(url), TOKEN, None) as connection:
                await connection.ask(_TOO_LARGE_FOR_ANY_BUFFER)

    assert caught.value.problem.code == "store-lost"


async def test_a_greeting_that_never_comes_is_waited_for_in_vain() -> None:
    async def silent(socket: ServerConnection) -> None:
        await socket.wait_closed()

    error = await _fails(silent, patience=0.1)

    assert error.problem.code == "store-timeout"
    assert "within 0.1 s" in error.problem.what


async def test_something_else_that_speaks_websocket_never_sees_the_token() -> None:
    heard: list[str | bytes] = []

    async def chat(socket: ServerConnection) -> None:
        await socket.send("welcome to the chat")
        heard.extend([message async for message in socket])

    error = await _fails(chat)

    assert error.problem.code == "store-protocol"
    assert heard == []


async def test_a_connection_closed_before_the_login_is_named() -> None:
    async def closing(socket: ServerConnection) -> None:
        await socket.close()

    error = await _fails(closing)

    assert error.problem.code == "store-lost"


async def test_a_refused_token_is_tried_once() -> None:
    logins = 0

    async def refusing(socket: ServerConnection) -> None:
        nonlocal logins
        await socket.send(json.dumps({"type": "auth_required", "ha_version": "2025.4.4"}))
        await socket.recv()
        logins += 1
        await socket.send(json.dumps({"type": "auth_invalid", "message": TOKEN.reveal()}))

    error = await _fails(refusing)

    assert isinstance(error, CommandRefused)
    assert error.problem.code == "store-token-refused"
    assert logins == 1


async def test_a_tcp_server_that_says_nothing_is_waited_for_in_vain() -> None:
    async def holding(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving_bytes(holding) as url:
        with pytest.raises(StoreUnavailable) as caught:
            async with open_connection(_target(url, 0.1), TOKEN, None):
                pass

    assert caught.value.problem.code == "store-timeout"


async def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def willing(socket: ServerConnection) -> None:
        await socket.send(success((await command(socket))["id"]))

    async with answering(b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy)
        assert await _ask(after_login(willing)) == [Result(2, None)]


async def test_no_frame_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def echoing(socket: ServerConnection) -> None:
        await socket.send(success((await command(socket))["id"], "canary-answer"))

    caplog.set_level(logging.DEBUG)
    logging.getLogger("appcreds_sync").setLevel(logging.DEBUG)
    # The fake's own side logs too, and must not be taken for ours.
    logging.getLogger("websockets.server").setLevel(logging.INFO)
    async with (
        serving(after_login(echoing)) as url,
        open_connection(_target(url), TOKEN, None) as connection,
    ):
        await connection.ask(Command("create", {"client_secret": "canary-sent"}))

    assert "canary" not in caplog.text


def test_a_command_and_its_answer_are_printed_without_what_they_hold() -> None:
    sent = Command("create", {"client_secret": "canary"})
    received = [Result(1, "canary"), Failure(1, "invalid_format", "canary"), Event(1, "canary")]

    assert "canary" not in repr([sent, *received])
