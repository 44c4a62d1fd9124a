"""`verify` against a certified provider: what it tells of each secret, in good and bad manners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.redirect import MY_HOME_ASSISTANT
from appcreds_sync.oauth.verify import verify_client
from tests.lab.provider import Answer

if TYPE_CHECKING:
    from tests.lab.provider import Provider

SECRET = "canary-Right-4711"
OLD_SECRET = "canary-Old-0815-xyz"


def verify(
    provider: Provider,
    *,
    secret: str = SECRET,
    client_id: str = "house",
    facts: Integration | None = None,
    read_timeout: float = 10.0,
) -> Verdict:
    facts = facts or Integration("thing")
    client = ClientToVerify("thing", client_id, Secret(secret), token_url=f"{provider.url}/token")
    return verify_client(
        client,
        {"thing": facts},
        network=Network(read_timeout=read_timeout, loopback_http=True),
    )


@pytest.mark.parametrize("pkce", [False, True])
@pytest.mark.parametrize("client_auth", ["client_secret_post", "client_secret_basic"])
def test_right_and_wrong_are_told_apart(
    provider: Provider, client_auth: str, *, pkce: bool
) -> None:
    provider.register("house", SECRET, [MY_HOME_ASSISTANT], client_auth)
    facts = Integration(
        "thing", client_auth=client_auth, pkce=pkce, basic_form_encoded="basic" in client_auth
    )

    right = verify(provider, facts=facts)
    wrong = verify(provider, secret=OLD_SECRET, facts=facts)

    assert (right.kind, right.code) == (VerdictKind.RIGHT, "told-apart")
    assert (wrong.kind, wrong.code) == (VerdictKind.WRONG, "client-refused")
    assert {asked.client_auth for asked in provider.requests()} == {client_auth}


def test_a_secret_changed_at_the_provider_is_wrong_at_once(provider: Provider) -> None:
    provider.register("house", OLD_SECRET, [MY_HOME_ASSISTANT])
    assert verify(provider, secret=OLD_SECRET).kind is VerdictKind.RIGHT

    provider.register("house", SECRET, [MY_HOME_ASSISTANT])

    assert verify(provider, secret=OLD_SECRET).kind is VerdictKind.WRONG
    assert verify(provider).kind is VerdictKind.RIGHT


def test_a_client_that_the_provider_does_not_know_is_wrong(provider: Provider) -> None:
    assert verify(provider, client_id="nobody").kind is VerdictKind.WRONG


def test_a_provider_that_looks_at_the_code_first_leaves_it_unknown(provider: Provider) -> None:
    provider.register("house", SECRET, [MY_HOME_ASSISTANT])
    provider.answer(Answer.CODE_FIRST)

    verdicts = verify(provider), verify(provider, secret=OLD_SECRET)

    assert {(verdict.kind, verdict.code) for verdict in verdicts} == {
        (VerdictKind.UNKNOWN, "code-checked-first")
    }


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        (Answer.OUTAGE, "provider-error"),
        (Answer.RATE_LIMITED, "rate-limited"),
        (Answer.HTML, "not-json"),
        (Answer.REDIRECT, "redirect"),
    ],
)
def test_bad_manners_are_unreachable_never_wrong(
    provider: Provider, manner: Answer, code: str
) -> None:
    provider.register("house", SECRET, [MY_HOME_ASSISTANT])
    provider.answer(manner)

    for secret in (SECRET, OLD_SECRET):
        verdict = verify(provider, secret=secret)
        assert (verdict.kind, verdict.code) == (VerdictKind.UNREACHABLE, code)
    assert len(provider.requests()) == 2


def test_a_slow_provider_is_waited_for_and_given_up(provider: Provider) -> None:
    provider.register("house", SECRET, [MY_HOME_ASSISTANT])
    provider.answer(Answer.REAL, delay=0.3)

    assert verify(provider).kind is VerdictKind.RIGHT
    given_up = verify(provider, read_timeout=0.1)
    assert (given_up.kind, given_up.code) == (VerdictKind.UNREACHABLE, "timeout")


@pytest.mark.parametrize(
    "manner", [Answer.WRONG_CONTENT_TYPE, Answer.ERROR_IN_200, Answer.FORM_ENCODED]
)
def test_an_odd_wrapping_does_not_hide_the_answer(provider: Provider, manner: Answer) -> None:
    provider.register("house", SECRET, [MY_HOME_ASSISTANT])
    provider.answer(manner)

    assert verify(provider).kind is VerdictKind.RIGHT
    assert verify(provider, secret=OLD_SECRET).kind is VerdictKind.WRONG
