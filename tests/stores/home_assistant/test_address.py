from __future__ import annotations

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.home_assistant.address import is_for_people, origin, websocket_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://house.example.org:8123", "ws://house.example.org:8123/api/websocket"),
        ("https://house.example.org", "wss://house.example.org/api/websocket"),
        ("https://example.org/home/", "wss://example.org/home/api/websocket"),
        ("HTTP://House:8123/", "ws://House:8123/api/websocket"),
        ("http://[fe80::1]:8123", "ws://[fe80::1]:8123/api/websocket"),
        ("ws://supervisor/core/websocket", "ws://supervisor/core/websocket"),
        ("WSS://example.org/ws", "wss://example.org/ws"),
    ],
)
def test_the_websocket_is_where_home_assistant_has_it(url: str, expected: str) -> None:
    assert websocket_url(url, "store house") == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "house.example.org",
        "ftp://house.example.org",
        "http://",
        "http://[::1",
        "http://house:port",
        "http://house:99999",
        "http://house/?kiosk",
        "http://house/#x",
        "https://ann:canary@house.example.org",
    ],
)
def test_an_address_that_can_not_work_is_named_without_quoting_it(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        websocket_url(url, "store house")

    assert caught.value.problem.code == "store-url-invalid"
    assert caught.value.problem.where == "store house"
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://house.example.org:8123/prefix/", "https://house.example.org:8123"),
        ("ws://house:8123/api/websocket", "http://house:8123"),
        ("https://ann:canary@house.example.org", "https://house.example.org"),
    ],
)
def test_what_a_browser_tells_of_a_page(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://house:8123", True),
        ("https://house.example.org/prefix", True),
        ("http://supervisor/core", False),
        ("ws://supervisor/core/websocket", False),
        ("house:8123", False),
    ],
)
def test_what_a_person_can_open(url: str, *, expected: bool) -> None:
    assert is_for_people(url) is expected
