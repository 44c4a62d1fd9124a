"""A random secret that looks like the real one."""

from __future__ import annotations

import string

from hypothesis import example, given
from hypothesis import strategies as st

from appcreds_sync.model.secret import Secret
from appcreds_sync.oauth.decoy import decoy


@given(st.text(min_size=1))
@example("-")
@example("½")  # counts as alphanumeric, and is neither a letter nor a digit
def test_it_is_as_long_and_another(text: str) -> None:
    made = decoy(Secret(text)).reveal()

    assert len(made) == len(text)
    assert made != text


def test_it_keeps_the_form() -> None:
    made = decoy(Secret("GOCSPX-a1B2_c3D4.e5F6")).reveal()

    assert [c for c in made if not c.isalnum()] == ["-", "_", "."]
    assert [c.isdigit() for c in made] == [c.isdigit() for c in "GOCSPX-a1B2_c3D4.e5F6"]
    assert [c.isupper() for c in made] == [c.isupper() for c in "GOCSPX-a1B2_c3D4.e5F6"]


def test_hex_stays_hex() -> None:
    made = decoy(Secret("0aa53ae6-3f8f-4b6f-9ff7-62a2f7d60500")).reveal()

    assert set(made) <= set(string.hexdigits) | {"-"}
