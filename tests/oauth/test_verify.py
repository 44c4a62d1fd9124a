"""One client, asked of a provider that is really there: what comes of it."""

from __future__ import annotations

import base64
import json

import pytest

from appcreds_sync.model.verdict import VerdictKind
from appcreds_sync.oauth.rules import ClientCredentials, ProviderRules
from tests.oauth.asking import ID, verify
from tests.oauth.fake import SECRET, Asked, Said, error, honest, say, token_endpoint


def test_a_wrong_secret_is_wrong() -> None:
    with token_endpoint(honest) as provider:
        verdict = verify(provider.url, secret="another-Secret-1234")

    assert verdict.kind is VerdictKind.WRONG
    assert '401 invalid_client "Invalid client secret"' in verdict.words


def test_a_grant_of_the_clients_own_proves_it_in_one_request() -> None:
    rules = ProviderRules(
        hosts=("127.0.0.1",), client_credentials=ClientCredentials("client_secret_basic")
    )
    with token_endpoint(lambda _: Said(200, b'{"access_token": "t"}')) as provider:
        verdict = verify(provider.url, providers=[rules])

    assert (verdict.kind, verdict.code) == (VerdictKind.RIGHT, "token-granted")
    assert [asked.form for asked in provider.asked] == [{"grant_type": "client_credentials"}]
    assert provider.asked[0].basic() == f"{ID}:{SECRET}"


def test_without_such_a_grant_the_random_secret_decides() -> None:
    rules = ProviderRules(hosts=("127.0.0.1",), client_credentials=ClientCredentials())
    with token_endpoint(honest) as provider:
        verdict = verify(provider.url, providers=[rules])

    assert verdict.code == "told-apart"
    assert len(provider.asked) == 3


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


def test_a_provider_in_trouble_is_not_asked_again_after_the_first_grant() -> None:
    rules = ProviderRules(hosts=("127.0.0.1",), client_credentials=ClientCredentials())
    with token_endpoint(lambda _: Said(503)) as provider:
        verdict = verify(provider.url, providers=[rules])

    assert verdict.kind is VerdictKind.UNREACHABLE
    assert len(provider.asked) == 1


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


def test_an_echo_in_the_error_code_is_no_difference() -> None:
    rules = ProviderRules(hosts=("127.0.0.1",), judged_by="difference")

    def behave(asked: Asked) -> Said:
        return error(f"no client has {asked.form['client_secret']}")

    with token_endpoint(behave) as provider:
        verdict = verify(provider.url, secret="QWERTZUIOP", providers=[rules])

    assert (verdict.kind, verdict.code) == (VerdictKind.UNKNOWN, "not-told-apart")


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    with token_endpoint(lambda _: error("invalid_client", "a\x1b[2Jb\r\nc\ud800" + "x" * 900)) as p:
        verdict = verify(p.url)

    assert verdict.words.isprintable()
    assert len(verdict.words) < 400
