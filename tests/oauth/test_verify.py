"""One client, asked of a provider that is really there: what is sent, and what comes of it."""

from __future__ import annotations

import base64
import io
import json
import logging
import socket
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.rules import ClientCredentials, ProviderRules
from appcreds_sync.oauth.verify import verify_client
from tests.oauth.fake import SECRET, Asked, Said, error, honest, token_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.lab.certificates import Certificates

LOOPBACK = Network(connect_timeout=2, read_timeout=2, loopback_http=True)
ID = "an id:with%signs"


def verify(
    url: str,
    facts: Integration | None = None,
    *,
    secret: str = SECRET,
    network: Network = LOOPBACK,
    providers: Sequence[ProviderRules] = (),
) -> Verdict:
    facts = facts or Integration("thing")
    client = ClientToVerify(facts.domain, ID, Secret(secret), token_url=url)
    return verify_client(client, {facts.domain: facts}, providers=providers, network=network)


def basic(asked: Asked) -> str:
    return base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")).decode()


def test_a_right_secret_is_right_over_tls(certificates: Certificates) -> None:
    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url, network=Network(ca_cert=certificates.ca))

    assert verdict.kind is VerdictKind.RIGHT
    assert provider.host in verdict.words


def test_a_wrong_secret_is_wrong() -> None:
    with token_endpoint(honest) as provider:
        verdict = verify(provider.url, secret="another-Secret-1234")

    assert verdict.kind is VerdictKind.WRONG
    assert '401 invalid_client "Invalid client secret"' in verdict.words


def test_a_provider_whose_certificate_nobody_knows_gets_no_secret(
    certificates: Certificates,
) -> None:
    with token_endpoint(honest, certificates) as provider:
        verdict = verify(provider.url)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "tls")
    assert provider.asked == []


def test_it_is_sent_as_home_assistant_sends_it() -> None:
    with token_endpoint(honest) as provider:
        verify(provider.url)

    real, random = provider.asked
    assert real.form == {
        "grant_type": "authorization_code",
        "code": "appcreds-sync-verify",
        "redirect_uri": "https://my.home-assistant.io/redirect/oauth",
        "client_id": ID,
        "client_secret": SECRET,
    }
    assert "Authorization" not in real.headers
    assert real.headers["User-Agent"].startswith("appcreds-sync/")
    assert {name for name in real.form if real.form[name] != random.form[name]} == {"client_secret"}


def test_basic_alone_keeps_the_body_free_of_the_client() -> None:
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, Integration("thing", client_auth="client_secret_basic"))

    assert basic(provider.asked[0]) == f"{ID}:{SECRET}"
    assert not {"client_id", "client_secret"} & provider.asked[0].form.keys()


def test_basic_is_a_form_only_where_home_assistant_makes_it_one() -> None:
    facts = Integration("thing", client_auth="client_secret_basic", basic_form_encoded=True)
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, facts)

    assert basic(provider.asked[0]) == f"an+id%3Awith%25signs:{SECRET}"


def test_both_are_sent_where_home_assistant_sends_both() -> None:
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, Integration("thing", client_auth="client_secret_basic+post"))

    assert basic(provider.asked[0]) == f"{ID}:{SECRET}"
    assert provider.asked[0].form["client_secret"] == SECRET


def test_pkce_and_further_parameters_are_sent() -> None:
    facts = Integration("thing", pkce=True, token_parameters=(("action", "requesttoken"),))
    with token_endpoint(honest) as provider:
        verify(provider.url, facts)

    assert 43 <= len(provider.asked[0].form["code_verifier"]) <= 128
    assert provider.asked[0].form["action"] == "requesttoken"
    assert provider.asked[0].form["code_verifier"] == provider.asked[1].form["code_verifier"]


def test_a_grant_of_the_clients_own_proves_it_in_one_request() -> None:
    rules = ProviderRules(
        hosts=("127.0.0.1",), client_credentials=ClientCredentials("client_secret_basic")
    )
    with token_endpoint(lambda _: Said(200, b'{"access_token": "t"}')) as provider:
        verdict = verify(provider.url, providers=[rules])

    assert (verdict.kind, verdict.code) == (VerdictKind.RIGHT, "token-granted")
    assert [asked.form for asked in provider.asked] == [{"grant_type": "client_credentials"}]
    assert basic(provider.asked[0]) == f"{ID}:{SECRET}"


def test_without_such_a_grant_the_random_secret_decides() -> None:
    rules = ProviderRules(hosts=("127.0.0.1",), client_credentials=ClientCredentials())
    with token_endpoint(honest) as provider:
        verdict = verify(provider.url, providers=[rules])

    assert verdict.code == "told-apart"
    assert len(provider.asked) == 3


@pytest.mark.parametrize("odd", ["pass wörd&=+%", "-._~", "a", '"quoted"\\', "x" * 2000])
def test_any_secret_arrives_as_it_is(odd: str) -> None:
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, secret=odd)

    assert provider.asked[0].form["client_secret"] == odd
    assert provider.asked[1].form["client_secret"] != odd
    assert len(provider.asked[1].form["client_secret"]) == len(odd)


def say(status: int, body: bytes, **headers: str) -> Callable[[Asked], Said]:
    return lambda _: Said(status, body, {"Content-Type": "application/json"} | headers)


LYING = {
    "redirect": say(302, b"", Location="/elsewhere"),
    "not-json": lambda _: Said(200, b"<html>welcome</html>", {"Content-Type": "text/html"}),
    "rate-limited": say(429, b'{"error": "invalid_client"}'),
    "provider-error": say(502, b'{"error": "invalid_client"}'),
    "too-long": say(400, b'{"error": "invalid_client", "x": "' + b"x" * 70_000 + b'"}'),
    "not-oauth": say(400, b'{"fault": "invalid_client"}'),
    "no-answer": lambda _: Said(400, b"no gzip", {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("code", LYING)
def test_a_lying_provider_is_unreachable_never_wrong(code: str) -> None:
    with token_endpoint(LYING[code]) as provider:
        verdict = verify(provider.url)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, code)
    assert len(provider.asked) == 1
    assert verdict.words.startswith(provider.host)


def test_an_error_that_comes_with_200_counts() -> None:
    def behave(asked: Asked) -> Said:
        said = honest(asked)
        return Said(200, said.body, {"Content-Type": "text/plain"})

    with token_endpoint(behave) as provider:
        assert verify(provider.url).kind is VerdictKind.RIGHT
        assert verify(provider.url, secret="not-Right-0815").kind is VerdictKind.WRONG


def test_a_token_for_a_bogus_code_proves_nothing_and_is_not_kept() -> None:
    body = json.dumps({"access_token": "canary-token", "token_type": "bearer"}).encode()
    with token_endpoint(say(200, body)) as provider:
        verdict = verify(provider.url)

    assert (verdict.kind, verdict.code) == (VerdictKind.UNKNOWN, "bogus-code-accepted")
    assert "canary-token" not in verdict.words


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/token"

    assert verify(url).code == "no-connection"


def test_a_provider_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/token"
        verdict = verify(url, network=Network(read_timeout=0.1, loopback_http=True))

    assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, "timeout")


def test_an_answer_cut_off_is_unreachable() -> None:
    with token_endpoint(say(400, b"{", **{"Transfer-Encoding": "chunked"})) as provider:
        assert verify(provider.url).kind is VerdictKind.UNREACHABLE


@pytest.mark.parametrize(
    "echo",
    [
        "{secret}",
        "it begins with {start} and ends with {end}",
        "header {basic}",
        "escaped {quoted}",
    ],
)
def test_what_a_provider_echoes_is_redacted(echo: str) -> None:
    def behave(asked: Asked) -> Said:
        secret = asked.form["client_secret"]
        pair = f"{asked.form['client_id']}:{secret}".encode()
        return error(
            "invalid_client",
            echo.format(
                secret=secret,
                start=f"{secret[:8]}...",
                end=secret[-6:],
                basic=base64.b64encode(pair).decode(),
                quoted=json.dumps(secret),
            ),
        )

    with token_endpoint(behave) as provider:
        verdict = verify(provider.url)
        sent = [asked.form["client_secret"] for asked in provider.asked]

    assert verdict.kind is VerdictKind.WRONG, "the echo alone differs"
    assert "<redacted>" in verdict.words
    for secret in sent:
        assert secret[:8] not in verdict.words
        assert secret[-6:] not in verdict.words


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    with token_endpoint(lambda _: error("invalid_client", "a\x1b[2Jb\r\nc\ud800" + "x" * 900)) as p:
        verdict = verify(p.url)

    assert verdict.words.isprintable()
    assert len(verdict.words) < 400


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
