from __future__ import annotations

import contextlib
import http.server
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError, StoreUnavailable
from appcreds_sync.stores.home_assistant.flows import Flows
from appcreds_sync.stores.home_assistant.http_session import make_session
from appcreds_sync.stores.home_assistant.reauth import end_reauth
from tests.lab.certificates import make_certificates
from tests.stores.home_assistant.fake import LOOPBACK, TOKEN, spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.certificates import Certificates


class _NoSuchFlow(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


class _Elsewhere(_NoSuchFlow):
    def do_GET(self) -> None:
        self.send_response(307)
        self.send_header("Location", self.server.goal)  # type: ignore[attr-defined]  # set below
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()


@contextlib.contextmanager
def _serving(
    handler: type[http.server.BaseHTTPRequestHandler],
) -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates")


@pytest.fixture
def url(certificates: Certificates) -> Iterator[str]:
    """A server of HTTPS that knows of no flow, which is what was wanted."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.server.certificate, certificates.server.key)
    with http.server.ThreadingHTTPServer((LOOPBACK, 0), _NoSuchFlow) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with contextlib.ExitStack() as stack:
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            yield f"https://{LOOPBACK}:{server.server_port}"


def test_an_authority_of_this_machine_is_trusted(
    url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))

    end_reauth(spec(url), TOKEN, "a-flow")


def test_the_authority_of_the_manifest_is_trusted(url: str, certificates: Certificates) -> None:
    end_reauth(spec(url, ca_cert=certificates.ca), TOKEN, "a-flow")


def test_an_authority_that_nobody_knows_gets_no_token(url: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        end_reauth(spec(url), TOKEN, "a-flow")

    assert "SSLError" in caught.value.problem.what


def test_nothing_is_checked_where_the_manifest_says_so(url: str) -> None:
    end_reauth(spec(url, verify_tls=False), TOKEN, "a-flow")


def test_the_token_goes_neither_where_an_answer_leads_nor_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Stranger(_NoSuchFlow):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def do_POST(self) -> None:
            self.do_GET()

    with _serving(Stranger) as stranger, _serving(_Elsewhere) as house:
        goal = f"http://{LOOPBACK}:{stranger.server_port}"
        house.goal = goal  # type: ignore[attr-defined]  # for its handler
        url = f"http://{LOOPBACK}:{house.server_port}"
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, goal)
        store = spec(url)
        with pytest.raises(StoreError):
            end_reauth(store, TOKEN, "a-flow")
        with make_session(store, TOKEN) as session, pytest.raises(StoreError):
            Flows(session, url, url, "store house").start("spotify")

    assert asked == []
