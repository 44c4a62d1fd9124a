"""Where a client is verified, or why it can't be."""

from __future__ import annotations

import pytest

from appcreds_sync.model.catalogue import Integration, facts_of
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.endpoint import endpoint_of, host_of


def endpoint(
    facts: Integration, *, token_url: str | None = None, loopback: bool = False
) -> str | Verdict:
    client = ClientToVerify(facts.domain, "id", Secret("s"), token_url=token_url)
    return endpoint_of(client, facts, loopback_http=loopback)


def code(found: str | Verdict) -> str:
    assert isinstance(found, Verdict)
    return found.code


@pytest.mark.parametrize(
    "domain", ["gentex_homelink", "overkiz", "teslemetry", "vicare", "ondilo_ico"]
)
def test_a_secret_that_nobody_uses_is_skipped(domain: str) -> None:
    found = endpoint(facts_of(load_catalogue(), domain))

    assert isinstance(found, Verdict)
    assert (found.kind, found.code) == (VerdictKind.SKIPPED, "secret-unused")


def test_every_other_integration_has_an_endpoint_or_asks_for_one() -> None:
    found = {
        domain: endpoint(facts)
        for domain, facts in load_catalogue().items()
        if facts.secret_required
    }

    assert {d: code(v) for d, v in found.items() if isinstance(v, Verdict)} == {
        "mcp": "no-token-url",
        "onedrive_for_business": "token-url-depends",
    }


def test_the_manifest_names_the_endpoint_where_the_catalogue_can_not() -> None:
    url = "https://login.microsoftonline.com/my-tenant/oauth2/v2.0/token"

    assert endpoint(facts_of(load_catalogue(), "onedrive_for_business"), token_url=url) == url


def test_an_empty_secret_is_skipped() -> None:
    facts = Integration("x", token_url="https://id.example.org/token")
    client = ClientToVerify("x", "id", Secret(""))

    assert code(endpoint_of(client, facts, loopback_http=False)) == "no-secret"


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.org/token",
        "http://127.0.0.1/token",
        "ftp://id.example.org/token",
        "id.example.org/token",
        "https:///token",
        "https://user:pass@id.example.org/token",
        "https://id.example.org:port/token",
        "https://[::1/token",
    ],
)
def test_a_bad_token_url_is_refused_and_not_asked(url: str) -> None:
    found = endpoint(Integration("x"), token_url=url)

    assert code(found) == "bad-token-url"
    assert "pass@" not in str(found)


def test_http_to_this_machine_is_for_tests() -> None:
    url = "http://127.0.0.1:8123/token"

    assert endpoint(Integration("x"), token_url=url, loopback=True) == url
    far = endpoint(Integration("x"), token_url="http://192.0.2.1/token", loopback=True)
    assert code(far) == "bad-token-url"


def test_a_host_is_named_with_its_port() -> None:
    assert host_of("https://id.example.org/token") == "id.example.org"
    assert host_of("https://id.example.org:8443/token") == "id.example.org:8443"
