"""What a provider is sent is what Home Assistant would send."""

from __future__ import annotations

import pytest

from appcreds_sync.model.catalogue import Integration
from tests.oauth.asking import ID, verify
from tests.oauth.fake import SECRET, error, honest, token_endpoint


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

    assert provider.asked[0].basic() == f"{ID}:{SECRET}"
    assert not {"client_id", "client_secret"} & provider.asked[0].form.keys()


def test_basic_is_a_form_only_where_home_assistant_makes_it_one() -> None:
    facts = Integration("thing", client_auth="client_secret_basic", basic_form_encoded=True)
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, facts)

    assert provider.asked[0].basic() == f"an+id%3Awith%25signs:{SECRET}"


def test_both_are_sent_where_home_assistant_sends_both() -> None:
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, Integration("thing", client_auth="client_secret_basic+post"))

    assert provider.asked[0].basic() == f"{ID}:{SECRET}"
    assert provider.asked[0].form["client_secret"] == SECRET


def test_pkce_and_further_parameters_are_sent() -> None:
    facts = Integration("thing", pkce=True, token_parameters=(("action", "requesttoken"),))
    with token_endpoint(honest) as provider:
        verify(provider.url, facts)

    assert 43 <= len(provider.asked[0].form["code_verifier"]) <= 128
    assert provider.asked[0].form["action"] == "requesttoken"
    assert provider.asked[0].form["code_verifier"] == provider.asked[1].form["code_verifier"]


@pytest.mark.parametrize("odd", ["pass wörd&=+%", "-._~", "a", '"quoted"\\', "x" * 2000])
def test_any_secret_arrives_as_it_is(odd: str) -> None:
    with token_endpoint(lambda _: error("invalid_grant")) as provider:
        verify(provider.url, secret=odd)

    assert provider.asked[0].form["client_secret"] == odd
    assert provider.asked[1].form["client_secret"] != odd
    assert len(provider.asked[1].form["client_secret"]) == len(odd)
