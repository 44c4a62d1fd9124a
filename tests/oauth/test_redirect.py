"""The redirect URI that Home Assistant gives to a provider."""

from __future__ import annotations

import pytest

from appcreds_sync.oauth.redirect import MY_HOME_ASSISTANT, redirect_uri


@pytest.mark.parametrize(
    ("url", "my_is_loaded", "expected"),
    [
        (None, True, MY_HOME_ASSISTANT),
        (None, False, MY_HOME_ASSISTANT),
        ("https://house.example.org", True, MY_HOME_ASSISTANT),
        (
            "https://house.example.org",
            False,
            "https://house.example.org/auth/external/callback",
        ),
        ("ws://house:8123/prefix/", False, "http://house:8123/auth/external/callback"),
    ],
)
def test_it_is_the_one_to_register(url: str | None, *, my_is_loaded: bool, expected: str) -> None:
    assert redirect_uri(url, my_is_loaded=my_is_loaded) == expected
