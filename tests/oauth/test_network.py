"""What lies between us and a provider: TLS, proxies, time limits, logs."""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import logging
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.verdict import VerdictKind
from appcreds_sync.oauth.network import Network
from tests.oauth.asking import verify
from tests.oauth.fake import SECRET, Said, honest, say, token_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.lab.certificates import Certificates


def test_a_right_secret_is_right_over_tls(certificates: Certificates) -> None:
    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url, network=Network(ca_cert=certificates.ca))

    assert verdict.kind is VerdictKind.RIGHT
    assert provider.host in verdict.words


@pytest.mark.parametrize(
    ("variable", "trusted"), [("SSL_CERT_FILE", True), ("REQUESTS_CA_BUNDLE", False)]
)
def test_whom_this_machine_trusts_is_trusted_as_home_assistant_and_vault_are(
    variable: str,
    trusted: bool,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, str(certificates.ca))

    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url, network=Network())

    assert (verdict.kind is VerdictKind.RIGHT) is trusted


def test_what_is_packed_unasked_is_unpacked_up_to_a_limit() -> None:
    small = gzip.compress(b'{"error": "invalid_client"}')
    bomb = gzip.compress(b" " * 10_000_000)
    packed = {"Content-Encoding": "gzip"}

    with token_endpoint(lambda _: Said(401, small, packed)) as provider:
        assert "invalid_client" in verify(provider.url).words
        assert {asked.headers["Accept-Encoding"] for asked in provider.asked} == {"identity"}
    with token_endpoint(lambda _: Said(401, bomb, packed)) as provider:
        assert verify(provider.url).code == "too-long"


def test_a_provider_whose_certificate_nobody_knows_gets_no_secret(
    certificates: Certificates,
) -> None:
    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "tls")
    assert provider.asked == []


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/token"

    assert verify(url).code == "no-connection"


@pytest.mark.parametrize("host", ["id..invalid", f"{'i' * 64}.invalid"])
def test_a_name_that_no_host_can_have_is_unreachable(host: str) -> None:
    assert verify(f"https://{host}/token").code == "no-connection"


def test_a_provider_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/token"
        verdict = verify(url, network=Network(read_timeout=0.1, loopback_http=True))

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "timeout")


def test_an_answer_cut_off_is_unreachable() -> None:
    with token_endpoint(say(400, b"{", **{"Transfer-Encoding": "chunked"})) as provider:
        assert verify(provider.url).kind is VerdictKind.UNREACHABLE


@contextlib.contextmanager
def dribbling(pieces: Iterator[bytes]) -> Iterator[str]:
    """Answer one request piece by piece, one each 20 ms, for as long as there are any."""

    def answer() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            for piece in pieces:
                connection.sendall(piece)
                if done.wait(0.02):
                    break
            done.wait(10)

    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/token"
        finally:
            done.set()
            thread.join()


GZIP = b"HTTP/1.1 400 Bad Request\r\nContent-Encoding: gzip\r\nContent-Length: 60000\r\n\r\n"
HEAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 60000\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            lambda: itertools.chain([HEAD], itertools.repeat(b" ")), id="a byte at a time"
        ),
        pytest.param(lambda: iter([HEAD + b"{"]), id="silent after its first byte"),
        pytest.param(
            lambda: itertools.chain([HEAD[:-2], b"X: "], itertools.repeat(b"y")),
            id="a header that never ends",
        ),
        pytest.param(lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), id="100 for ever"),
        pytest.param(
            lambda: itertools.chain([GZIP, b"\x1f\x8b\x08\x08"], itertools.repeat(b"x")),
            id="a gzip header that never ends",
        ),
    ],
)
def test_an_answer_that_never_ends_is_given_up(pieces: Callable[[], Iterator[bytes]]) -> None:
    with dribbling(pieces()) as url:
        verdict = verify(url, network=Network(read_timeout=0.2, loopback_http=True))

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "timeout")


def test_a_provider_that_takes_no_connection_is_given_up() -> None:
    with contextlib.ExitStack() as held:
        full = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):  # the queue of connections that nobody accepts is full with fewer
            waiting = held.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/token"
        verdict = verify(url, network=Network(connect_timeout=0.1, loopback_http=True))

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "timeout")
    assert "can't be reached within 0.1 s" in verdict.words


def test_the_proxy_of_this_machine_is_used(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        nobody = held.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{nobody}")

    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url, network=Network(ca_cert=certificates.ca))

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "proxy")
    assert provider.asked == []


def test_plain_http_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with token_endpoint(honest) as proxy, token_endpoint(honest) as provider:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        verdict = verify(provider.url)

    assert verdict.kind is VerdictKind.RIGHT
    assert proxy.asked == []


def test_nothing_is_logged_even_if_debug_was_asked_for() -> None:
    names = ("requests_oauthlib", "requests_oauthlib.oauth2_session", "urllib3", "")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    loggers[-1].addHandler(handler)
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        with token_endpoint(honest) as provider:
            verify(provider.url)
    finally:
        loggers[-1].removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)

    assert SECRET not in written.getvalue()
    assert "client_secret" not in written.getvalue()


def test_a_netrc_of_this_machine_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password canary-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    with token_endpoint(honest) as provider:
        verify(provider.url)

    assert all("Authorization" not in asked.headers for asked in provider.asked)


def test_plain_http_is_refused_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")

    with token_endpoint(honest) as provider:
        verdict = verify(provider.url, network=Network())

    assert (verdict.kind, verdict.code) == (VerdictKind.UNKNOWN, "bad-token-url")
    assert provider.asked == []
