from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.cli.render.harmless import in_markdown, on_terminal


@pytest.mark.parametrize("text", ["Ann's café", "vault://kv/ha/{store}#token", "日本", "👩‍👧"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert on_terminal(text) == text


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = on_terminal(text)

    assert len(shown) == len(text)
    for harmless in (shown, in_markdown(text)):
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in harmless)


@given(st.text())
def test_markdown_is_one_line(text: str) -> None:
    assert len(in_markdown(text).splitlines()) <= 1
