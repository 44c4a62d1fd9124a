from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click
import pytest

from appcreds_sync.cli.add_places import Step
from appcreds_sync.cli.add_writing import write_all
from appcreds_sync.model.errors import AppcredsError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


class Places:
    """Steps that only note what they do."""

    def __init__(self) -> None:
        self.there: list[str] = []

    def step(self, place: str, *, certain: bool = True) -> Step:
        def do() -> Callable[[], None] | None:
            self.there.append(place)
            return (lambda: self.there.remove(place)) if certain else None

        return Step(place, do)


def failing(code: str) -> Callable[[], NoReturn]:
    def fail() -> NoReturn:
        raise AppcredsError(Problem(code, "it fails", ""))

    return fail


def interrupt() -> NoReturn:
    raise KeyboardInterrupt


def test_all_is_written_and_named() -> None:
    places, then = Places(), list[str]()

    written = write_all([places.step("a"), places.step("b")], lambda: then.append("c"), "x is so")

    assert (written, places.there, then) == (("a", "b"), ["a", "b"], ["c"])


def test_a_step_that_fails_takes_the_earlier_ones_back() -> None:
    places = Places()
    steps = [places.step("a"), places.step("b"), Step("c", failing("vault-forbidden"))]

    with pytest.raises(AppcredsError, match="it fails\ntaken back again: b, a; x is so"):
        write_all(steps, interrupt, "x is so")

    assert places.there == []


def test_what_cannot_be_taken_back_is_named() -> None:
    places = Places()

    with pytest.raises(AppcredsError, match="taken back again: b; written, and still there: a;"):
        write_all([places.step("a", certain=False), places.step("b")], failing("not-written"), "x")

    assert places.there == ["a"]


def test_where_vault_does_not_answer_the_write_may_have_been_done() -> None:
    with pytest.raises(AppcredsError, match="still there: perhaps a;"):
        write_all([Step("a", failing("vault-unreachable"))], interrupt, "x")


def test_ctrl_c_takes_back_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    places = Places()

    with pytest.raises(click.Abort):
        write_all([places.step("a")], interrupt, "x is so")

    assert places.there == []
    assert capsys.readouterr().err.startswith("taken back again: a; x is so; ")


def test_where_nothing_was_written_that_is_said() -> None:
    with pytest.raises(AppcredsError, match="nothing was written; x is so"):
        write_all([], failing("not-written"), "x is so")
