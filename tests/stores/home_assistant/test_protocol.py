from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.secret import Secret
from appcreds_sync.stores.home_assistant.protocol import (
    AuthInvalid,
    Conversation,
    Event,
    Failure,
    ProtocolViolation,
    Result,
    auth_frame,
    read_greeting,
    read_welcome,
)
from tests.stores.home_assistant.fake import failure, success


def _asked(count: int) -> Conversation:
    conversation = Conversation()
    for _ in range(count):
        conversation.command("ping", {})
    return conversation


@pytest.mark.parametrize("version", ["2024.3.3", "2026.12.0b1", "2026.12.0.dev20261101+g1"])
def test_the_greeting_tells_the_version(version: str) -> None:
    assert read_greeting(_greeting(version)) == version


@pytest.mark.parametrize("version", ["", "2025.4.4\x1b[31m", "<img src=x>", "2025 4", "1" * 41])
def test_a_version_that_could_steer_whoever_reads_it_is_refused(version: str) -> None:
    with pytest.raises(ProtocolViolation) as raised:
        read_greeting(_greeting(version))
    assert version not in str(raised.value) or not version


def _greeting(version: str) -> str:
    return json.dumps({"type": "auth_required", "ha_version": version})


def test_the_token_goes_into_one_frame_only() -> None:
    frame = json.loads(auth_frame(Secret("abc")))

    assert frame == {"type": "auth", "access_token": "abc"}


def test_a_welcome_is_a_welcome() -> None:
    read_welcome('{"type": "auth_ok", "ha_version": "2025.4.4"}')


def test_a_refused_token_is_told_apart_from_nonsense() -> None:
    with pytest.raises(AuthInvalid):
        read_welcome('{"type": "auth_invalid", "message": "Invalid access token or password"}')
    with pytest.raises(ProtocolViolation):
        read_welcome('{"type": "pong"}')


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "7", "null", "[" * 100_000, '"auth_required"', b"{}", '{"type": "auth_ok"}'],
    ids=repr,
)
def test_what_is_no_greeting_is_refused(frame: str | bytes) -> None:
    with pytest.raises(ProtocolViolation):
        read_greeting(frame)


def test_ids_rise_by_one_and_fields_stand_beside_them() -> None:
    conversation = Conversation()

    frames = [conversation.command("auth/current_user", {"a": n}) for n in range(3)]

    assert [number for number, _ in frames] == [1, 2, 3]
    assert json.loads(frames[2][1]) == {"id": 3, "type": "auth/current_user", "a": 2}


def test_answers_come_in_any_order() -> None:
    conversation = _asked(2)

    assert list(conversation.receive(success(2, "b"))) == [Result(2, "b")]
    assert list(conversation.receive(failure(1, "not_found", "no"))) == [
        Failure(1, "not_found", "no")
    ]


def test_joined_answers_are_taken_apart() -> None:
    conversation = _asked(3)

    joined = f"[{success(1)},{failure(3, 'timeout', 'T')},{success(2, [1])}]"

    assert list(conversation.receive(joined)) == [
        Result(1, None),
        Failure(3, "timeout", "T"),
        Result(2, [1]),
    ]


def test_the_first_answer_to_an_id_counts() -> None:
    conversation = _asked(1)

    received = [
        *conversation.receive(failure(1, "not_found", "Unable to find x")),
        *conversation.receive(success(1)),
    ]

    assert received == [Failure(1, "not_found", "Unable to find x")]
    assert conversation.ignored == 1


def test_an_event_comes_after_its_answer_as_often_as_it_likes() -> None:
    conversation = _asked(1)
    event = json.dumps({"id": 1, "type": "event", "event": [{"change_type": "added"}]})

    received = [
        message for frame in (success(1), event, event) for message in conversation.receive(frame)
    ]

    assert received == [Result(1, None), *[Event(1, [{"change_type": "added"}])] * 2]


def test_a_kind_of_message_that_a_newer_version_may_add_is_ignored() -> None:
    conversation = _asked(1)

    assert list(conversation.receive('{"id": 1, "type": "progress"}')) == []
    assert list(conversation.receive(success(1))) == [Result(1, None)]


def test_half_a_surrogate_pair_is_not_text_and_a_whole_one_is() -> None:
    whole, half = (json.dumps(text) for text in ("\U0001f600", "\ud83d"))
    frame = '{{"id": 1, "type": "result", "success": true, "result": {}}}'

    assert list(_asked(1).receive(frame.format(whole))) == [Result(1, "\U0001f600")]
    with pytest.raises(ProtocolViolation, match="not JSON"):
        list(_asked(1).receive(frame.format(half)))


@pytest.mark.parametrize("number", [0, -1, 2, 10**30])
def test_an_answer_to_what_was_never_sent_is_refused(number: int) -> None:
    with pytest.raises(ProtocolViolation, match="never sent"):
        list(_asked(1).receive(success(number)))


@pytest.mark.parametrize(
    "frame",
    ["{", "nothing", '"text"', "[7]", "{}", '{"id": "1"}', '{"type": "result"}', b"\x00", "[[]]"],
    ids=repr,
)
def test_a_frame_without_sense_is_refused(frame: str | bytes) -> None:
    with pytest.raises(ProtocolViolation):
        list(_asked(1).receive(frame))


def test_what_stood_before_the_nonsense_is_delivered() -> None:
    receiving = _asked(1).receive(f"[{success(1)}, 7]")

    assert next(receiving) == Result(1, None)
    with pytest.raises(ProtocolViolation):
        next(receiving)


def test_a_refusal_without_a_reason_is_still_a_refusal() -> None:
    frame = '{"id": 1, "type": "result", "success": false}'

    assert list(_asked(1).receive(frame)) == [Failure(1, "unknown_error", "")]


def test_a_violation_quotes_nothing() -> None:
    with pytest.raises(ProtocolViolation) as caught:
        list(_asked(1).receive('{"client_secret": "canary", '))

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@given(st.text() | st.binary())
def test_no_frame_whatever_brings_anything_but_a_violation(frame: str | bytes) -> None:
    conversation = _asked(1)
    try:
        received = list(conversation.receive(frame))
    except ProtocolViolation:
        return
    assert received == [] or all(message.number == 1 for message in received)
