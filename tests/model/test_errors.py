"""The one shape of every error that a person sees."""

from __future__ import annotations

import pytest

from appcreds_sync.model.errors import (
    AppcredsError,
    CommandRefused,
    ManifestError,
    Problem,
    SecretsError,
    StoreError,
    StoreUnavailable,
    UsageError,
)

HOUSE = Problem("no-token", "there is no token", "add one", "m.yaml:1:2")
BARE = Problem("odd", "this is odd", "")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (HOUSE, "m.yaml:1:2: there is no token; add one"),
        (BARE, "this is odd"),
        (Problem("odd", "this is odd", "", "house"), "house: this is odd"),
        (Problem("odd", "this is odd", "mend it"), "this is odd; mend it"),
    ],
)
def test_a_problem_is_one_line(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_an_error_carries_one_problem_or_all_that_were_found() -> None:
    assert ManifestError(BARE).problems == (BARE,)
    several = ManifestError(iter([HOUSE, BARE]))
    assert several.problems == (HOUSE, BARE)
    assert several.problem is HOUSE
    assert str(several) == "m.yaml:1:2: there is no token; add one\nthis is odd"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ManifestError, 1),
        (SecretsError, 1),
        (StoreError, 1),
        (StoreUnavailable, 1),
        (CommandRefused, 1),
        (UsageError, 64),
    ],
)
def test_each_error_has_an_exit_code(error: type[AppcredsError], code: int) -> None:
    assert error(BARE).exit_code == code


def test_a_caller_can_tell_what_may_have_counted_from_what_did_not() -> None:
    assert issubclass(StoreUnavailable, StoreError)
    assert issubclass(CommandRefused, StoreError)
    assert not issubclass(CommandRefused, StoreUnavailable)
