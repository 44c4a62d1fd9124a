from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import requests

from appcreds_sync.secrets.vault.answer import Answer
from appcreds_sync.secrets.vault.retry import Retry, passes

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = Answer(200, {})
BUSY = Answer(500, {})
UPGRADING = "Upgrading from non-versioned to versioned data. This backend will be unavailable"
BROKEN = requests.ConnectionError("('Connection aborted.', RemoteDisconnected())")
REFUSED = requests.ConnectionError("Connection refused")


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


def retry(time: Time, *, retries: int = 5, seconds: float = 60, chance: float = 1.0) -> Retry:
    return Retry(retries, seconds, time.clock, time.sleep, lambda: chance)


def script(*outcomes: Answer | Exception) -> Callable[[], Answer]:
    left = iter(outcomes)

    def call() -> Answer:
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return call


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, {}), False),
        (Answer(400, {}, ("invalid role",)), False),
        (Answer(400, {}, (UPGRADING,)), True),
        (Answer(401, {}), False),
        (Answer(403, {}), False),
        (Answer(404, {}), False),
        (Answer(412, {}), True),
        (Answer(429, {}), True),
        (Answer(500, {}), True),
        (Answer(501, {}), False),
        (Answer(502, None), True),
        (Answer(503, {}, ("Vault is sealed",)), False),
        (Answer(503, {}), True),
        (Answer(504, None), True),
    ],
)
def test_what_passes_by_itself(answer: Answer, expected: bool) -> None:  # a table
    assert passes(answer) is expected


def test_a_final_answer_is_returned_at_once(time: Time) -> None:
    assert retry(time).run(script(DONE)) is DONE
    assert time.pauses == []


def test_pauses_grow_up_to_a_limit(time: Time) -> None:
    outcomes = [BUSY] * 7 + [DONE]

    assert retry(time, retries=7).run(script(*outcomes)) is DONE
    assert time.pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_half_of_a_pause_is_chance(time: Time) -> None:
    retry(time, chance=0.0).run(script(BUSY, DONE))

    assert time.pauses == [0.1]


def test_the_last_answer_is_returned_when_retries_are_used_up(time: Time) -> None:
    assert retry(time, retries=2).run(script(BUSY, BUSY, BUSY)) is BUSY
    assert len(time.pauses) == 2


def test_without_retries_there_is_one_try(time: Time) -> None:
    assert retry(time, retries=0).run(script(BUSY)) is BUSY


def test_no_retry_begins_after_the_end(time: Time) -> None:
    assert retry(time, seconds=1).run(script(*[BUSY] * 3)) is BUSY
    assert time.pauses == [0.2, 0.4]


def test_the_server_says_how_long(time: Time) -> None:
    retry(time).run(script(Answer(429, {}, retry_after=7), DONE))

    assert time.pauses == [7]


def test_the_server_says_at_once(time: Time) -> None:
    retry(time).run(script(Answer(429, {}, retry_after=0), DONE))

    assert time.pauses == [0.2]


def test_the_server_asks_for_longer_than_there_is(time: Time) -> None:
    busy = Answer(429, {}, retry_after=3600)

    assert retry(time).run(script(busy)) is busy
    assert time.pauses == []


def test_a_connection_that_broke_is_made_again(time: Time) -> None:
    assert retry(time).run(script(BROKEN, DONE)) is DONE


def test_a_connection_that_keeps_breaking(time: Time) -> None:
    with pytest.raises(requests.ConnectionError):
        retry(time, retries=1).run(script(BROKEN, BROKEN))


def test_a_connection_that_can_not_be_made_is_not_tried_again(time: Time) -> None:
    with pytest.raises(requests.ConnectionError):
        retry(time).run(script(REFUSED))
    assert time.pauses == []
