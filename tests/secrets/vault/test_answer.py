from __future__ import annotations

import io

import pytest
import requests
import urllib3

from appcreds_sync.model.secret import Secret
from appcreds_sync.secrets.vault import answer as answers


def response(content: bytes, status: int = 200, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.raw = urllib3.HTTPResponse(io.BytesIO(content), preload_content=False)
    made.headers.update(headers)
    return made


def read(made: requests.Response) -> answers.Answer:
    return answers.read(made)


@pytest.mark.parametrize(
    "content",
    [
        b"<html>canary</html>",
        b"",
        b"[]",
        b'"canary"',
        b'{"message": "API running."}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_answer_of_vaults_api(content: bytes) -> None:
    found = read(response(content))

    assert found.body is None
    assert not found.ok


def test_what_is_one() -> None:
    found = read(response(b'{"data": {"a": {"b": 1}}}'))

    assert found.ok
    assert found.part("data", "a") == {"b": 1}
    assert found.part("data", "a", "b") is None
    assert found.part("auth") is None


def test_its_errors() -> None:
    content = b'{"errors": ["1 error occurred:\\n\\t* permission denied\\n\\n"]}'

    found = read(response(content, 403))

    assert found.mentions("permission denied")
    assert found.said() == "1 error occurred: * permission denied"


def test_long_errors_are_cut_short() -> None:
    assert len(answers.Answer(400, {}, ("x" * 1000,)).said()) == 201


class Endless(io.RawIOBase):
    """What a camera or a log sends: it never ends."""

    sent = 0

    def read1(self, size: int = -1) -> bytes:
        self.sent += size
        return b" " * size


def test_one_without_an_end_is_given_up() -> None:
    made, sender = response(b""), Endless()
    made.raw = urllib3.HTTPResponse(sender, preload_content=False)

    assert read(made).body is None
    assert sender.sent < 20 * 1024 * 1024


class Broken(io.RawIOBase):
    """Ends in the middle."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read1(self, _: int = -1) -> bytes:
        raise self._error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError(), requests.exceptions.ReadTimeout),
        (ConnectionResetError(), requests.exceptions.ChunkedEncodingError),
    ],
)
def test_one_that_stops_in_the_middle(error: Exception, told: type[Exception]) -> None:
    made = response(b"")
    made.raw = urllib3.HTTPResponse(Broken(error), preload_content=False)

    with pytest.raises(told):
        read(made)


def test_what_was_sent_is_taken_out_of_its_errors() -> None:
    found = answers.Answer(500, {}, ("bad: canary", "x" * 199 + "canary"))

    assert found.without([Secret("canary")]).errors == ("bad: <redacted>", f"{'x' * 199}<redacted>")


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("soon", None), ("-1", None)])
def test_how_long_to_wait(header: str, seconds: float | None) -> None:
    headers = {"Retry-After": header}

    assert read(response(b"", 429, **headers)).retry_after == seconds


def test_it_never_shows_what_is_in_it() -> None:
    assert "canary" not in repr(read(response(b'{"data": {"key": "canary"}}')))
