from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.desired import Resolved
from appcreds_sync.secrets.value import accept
from tests.secrets.references import problem, revealed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("canary", "canary"),
        ("  canary\r\n", "canary"),
        ("\tca nary\u00a0", "ca nary"),
        ("0123", "0123"),
        ("true", "true"),
    ],
)
def test_text_is_stripped_and_kept_as_it_is(value: str, expected: str) -> None:
    assert revealed(accept(value, "it")) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (5, "a number"),
        (0.5, "a number"),
        (True, "a boolean"),
        (None, "null"),
        (["a"], "a list"),
        ({"a": "b"}, "an object"),
    ],
)
def test_what_is_no_string_is_refused_with_its_json_type(value: object, kind: str) -> None:
    found = problem(accept(value, "`n` at kv/x"))

    assert found.code == "value-not-text"
    assert found.what == f"`n` at kv/x is {kind}, not a string"


@pytest.mark.parametrize(("value", "kind"), [("", "empty"), (" \n\t", "only white space")])
def test_nothing_is_no_value(value: str, kind: str) -> None:
    assert problem(accept(value, "it")).what == f"it is {kind}"


@pytest.mark.parametrize("inside", ["\n", "\r\n", "\0", "\x7f", "\x85", "\ud800"])
def test_control_characters_inside_are_refused_without_an_echo(inside: str) -> None:
    found = problem(accept(f"canary{inside}tail", "it"))

    assert found.code == "value-control-character"
    assert "canary" not in str(found)


@given(st.text())
def test_whatever_is_accepted_is_what_home_assistant_would_keep(text: str) -> None:
    found = accept(text, "it")

    if isinstance(found, Resolved):
        assert found.value.reveal() == text.strip() != ""
    else:
        assert not text.strip() or not text.strip().isprintable()
