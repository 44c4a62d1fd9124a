from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme
from websockets.exceptions import InvalidUpgrade

from appcreds_sync.model.errors import StoreUnavailable
from appcreds_sync.stores.home_assistant.store import open_live_store
from appcreds_sync.stores.home_assistant.unreachable import Target, unreachable
from tests.lab.ports import free_port
from tests.stores.home_assistant.fake import TOKEN, after_login, answering, serving, spec

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.manifest import LiveStoreSpec


async def _problem(of: LiveStoreSpec) -> Problem:
    with pytest.raises(StoreUnavailable) as caught:
        async with open_live_store(of, TOKEN):
            pass
    assert caught.value.problem.where == "store house"
    assert TOKEN.reveal() not in str(caught.value)
    return caught.value.problem


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        ("200 OK", "store-no-websocket", "WebSocket upgrades"),
        ("400 Bad Request", "store-proxy", "trusted_proxies"),
        ("401 Unauthorized", "store-proxy-login", "past the proxy's login"),
        ("403 Forbidden", "store-forbidden", "ip_bans.yaml"),
        ("404 Not Found", "store-not-found", "path prefix"),
        ("407 Proxy Authentication Required", "store-proxy-login", "past the proxy's login"),
        ("418 I'm a teapot", "store-no-websocket", "WebSocket upgrades"),
        ("500 Internal Server Error", "store-starting", "try again later"),
        ("502 Bad Gateway", "store-starting", "try again later"),
        ("503 Service Unavailable", "store-starting", "try again later"),
        ("504 Gateway Timeout", "store-starting", "try again later"),
        ("599 Whatever", "store-no-websocket", "WebSocket upgrades"),
    ],
)
async def test_each_http_status_says_what_to_do(status: str, code: str, hint: str) -> None:
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()

    async with answering(answer) as url:
        problem = await _problem(spec(url))

    assert problem.code == code
    assert hint in problem.hint


async def test_a_redirect_is_named_and_not_followed() -> None:
    visits = 0

    async def visited(_socket: ServerConnection) -> None:
        nonlocal visits
        visits += 1

    async with serving(visited) as elsewhere:
        answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/login?next=x\r\n\r\n".encode()
        async with answering(answer) as url:
            problem = await _problem(spec(url))

    assert problem.code == "store-redirected"
    assert problem.what.endswith(f"redirects to {elsewhere}")
    assert visits == 0


async def test_nobody_listens() -> None:
    problem = await _problem(spec(f"http://127.0.0.1:{free_port()}"))

    assert problem.code == "store-refused"
    assert "8123" in problem.hint


async def test_nobody_listens_at_any_address_of_a_name() -> None:
    problem = await _problem(spec(f"http://localhost:{free_port()}"))

    assert problem.code == "store-refused"


async def test_a_name_that_can_be_none() -> None:
    problem = await _problem(spec(f"http://{'a' * 64}.example.org"))

    assert problem.code == "store-name-unknown"


async def test_a_server_that_hangs_up_may_want_tls() -> None:
    async with answering(b"") as url:
        problem = await _problem(spec(url))

    assert problem.code == "store-not-http"
    assert "https://" in problem.hint


async def test_a_server_that_speaks_something_else() -> None:
    async with answering(b"220 mail.example.org ESMTP\r\n") as url:
        problem = await _problem(spec(url))

    assert problem.code == "store-not-http"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "store-name-unknown"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "store-no-route"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "store-no-route"),
        (OSError("Multiple exceptions: [Errno 113] a, [Errno 101] b"), "store-no-route"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "store-timeout"),
        (OSError(errno.EMFILE, "Too many open files"), "store-too-many-open-files"),
        (OSError("Multiple exceptions"), "store-unreachable"),
        (InvalidUpgrade("Upgrade", "h2c"), "store-no-websocket"),
    ],
    ids=repr,
)
def test_what_can_not_be_brought_about_on_loopback(error: Exception, code: str) -> None:
    target = Target("wss://house.example.org/api/websocket", "store house", 10)

    assert unreachable(error, target).problem.code == code


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_cert(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def _presenting(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


async def _nothing(_socket: ServerConnection) -> None:
    pass


async def test_a_certificate_of_the_given_authority_is_trusted(
    authority: trustme.CA, ca_cert: Path
) -> None:
    tls = _presenting(authority.issue_cert("127.0.0.1"))

    async with (
        serving(after_login(_nothing), tls=tls) as url,
        open_live_store(spec(url, ca_cert=ca_cert), TOKEN) as store,
    ):
        assert store.name == "house"


async def test_an_unknown_authority_is_told_how_to_make_known(authority: trustme.CA) -> None:
    async with serving(_nothing, tls=_presenting(authority.issue_cert("127.0.0.1"))) as url:
        problem = await _problem(spec(url))

    assert problem.code == "store-certificate-untrusted"
    assert "`ca_cert`" in problem.hint


async def test_checks_can_be_turned_off(authority: trustme.CA) -> None:
    tls = _presenting(authority.issue_cert("elsewhere.example.org"))

    async with (
        serving(after_login(_nothing), tls=tls) as url,
        open_live_store(spec(url, verify_tls=False), TOKEN) as store,
    ):
        assert store.name == "house"


@pytest.mark.parametrize("name", ["elsewhere.example.org", "127.0.0.2"])
async def test_a_certificate_for_somebody_else(
    name: str, authority: trustme.CA, ca_cert: Path
) -> None:
    async with serving(_nothing, tls=_presenting(authority.issue_cert(name))) as url:
        problem = await _problem(spec(url, ca_cert=ca_cert))

    assert problem.code == "store-certificate-host"


async def test_a_certificate_that_has_run_out(authority: trustme.CA, ca_cert: Path) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    leaf = authority.issue_cert("127.0.0.1", not_after=yesterday)

    async with serving(_nothing, tls=_presenting(leaf)) as url:
        problem = await _problem(spec(url, ca_cert=ca_cert))

    assert problem.code == "store-certificate-expired"


async def test_https_where_only_http_is_spoken() -> None:
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        problem = await _problem(spec(url.replace("http:", "https:")))

    assert problem.code == "store-not-tls"
    assert "http://" in problem.hint


async def test_http_where_only_https_is_spoken(authority: trustme.CA) -> None:
    async with serving(_nothing, tls=_presenting(authority.issue_cert("127.0.0.1"))) as url:
        problem = await _problem(spec(url.replace("https:", "http:")))

    assert problem.code == "store-not-http"
    assert "https://" in problem.hint


async def test_a_server_that_knows_only_tls_older_than_1_2() -> None:
    fatal_alert_protocol_version = bytes([21, 3, 1, 0, 2, 2, 70])  # RFC 5246, 7.2

    async with answering(fatal_alert_protocol_version) as url:
        problem = await _problem(spec(url.replace("http:", "https:")))

    assert problem.code == "store-tls-failed"
    assert "TLS 1.2" in problem.hint


async def test_a_server_that_hangs_up_within_the_tls_handshake() -> None:
    async with answering(b"") as url:
        problem = await _problem(spec(url.replace("http:", "https:")))

    assert problem.code == "store-not-http"
    assert "https" not in problem.hint
