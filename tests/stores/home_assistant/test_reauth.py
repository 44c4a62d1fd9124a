"""A flow that goes as no Home Assistant lets it go; how it goes is in contract/test_rotation.py."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import CommandRefused
from appcreds_sync.stores.home_assistant.reauth import end_reauth
from tests.stores.home_assistant.fake import LOOPBACK, TOKEN, spec

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b'{"type": "external"}',
        b'{"type": "external", "url": 1}',
        b'{"type": "external", "url": "http://[bad"}',
        b'{"type": "form", "data_schema": [1]}',
        b'{"type": "form", "data_schema": [{"name": "implementation", "options": [[]]}]}',
    ],
)
def test_an_answer_of_another_form_is_an_error_with_what_to_do(body: bytes) -> None:
    with answering(body) as url, pytest.raises(CommandRefused) as caught:
        end_reauth(spec(url), TOKEN, "a-flow")

    assert caught.value.problem.code == "reauth-not-ended"
    assert "has not the form" in caught.value.problem.what


def test_a_page_in_place_of_an_answer_is_called_one() -> None:
    with answering(b"<html>Please log in</html>") as url, pytest.raises(CommandRefused) as caught:
        end_reauth(spec(url), TOKEN, "a-flow")

    assert "an answer is no JSON" in caught.value.problem.what
