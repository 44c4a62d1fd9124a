"""The facts of providers, and which of them an endpoint falls under."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from appcreds_sync.oauth import rules
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.oauth.regenerate import SHIPPED
from appcreds_sync.oauth.rules import ProviderRules, load_providers, rules_for

DOCUMENT = json.loads(SHIPPED.with_name("providers.json").read_text("utf-8"))


@pytest.mark.parametrize("row", DOCUMENT["providers"], ids=lambda row: row["name"])
def test_every_fact_is_one_that_is_read_and_has_a_source(row: dict[str, object]) -> None:
    known = {field.name for field in fields(ProviderRules)}

    assert row.keys() <= known == DOCUMENT["fields"].keys()
    assert row["source"]
    assert row.get("hosts") or row.get("path")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://house.b2clogin.com/x/oauth2/v2.0/token", "Azure AD B2C"),
        ("https://evil-b2clogin.com/token", None),
        ("https://github.com/login/oauth/access_token", "GitHub"),
        ("https://GitHub.com/login/oauth/access_token", "GitHub"),
        ("https://github.com.example.org/token", None),
        ("https://sso.example.org/realms/x/protocol/openid-connect/token", "Keycloak"),
        ("https://sso.example.org/realms/x/protocol/openid-connect/token/", "Keycloak"),
        ("https://id.example.org/token", None),
    ],
)
def test_an_endpoint_falls_under_its_providers_rules(url: str, name: str | None) -> None:
    assert rules_for(url, load_providers()).name == name


def test_every_integration_of_a_known_provider_finds_it() -> None:
    providers = load_providers()
    found = {
        domain: rules_for(facts.token_url, providers).name
        for domain, facts in load_catalogue().items()
        if facts.token_url
    }

    assert {domain for domain in found if found[domain] == "Google"} == {
        *(domain for domain in found if domain.startswith("google")),
        "nest",
        "youtube",
    }
    assert {domain for domain in found if found[domain] == "Keycloak"} == {
        "bosch_smart_camera",
        "weheat",
    }
    assert found["onedrive"] == "Microsoft Entra"
    assert found["xbox"] == "Microsoft account"


def test_the_defaults_are_those_of_the_rfc() -> None:
    plain = ProviderRules()

    assert (plain.client_errors, plain.code_errors) == (
        frozenset({"invalid_client"}),
        frozenset({"invalid_grant"}),
    )
    assert plain.judged_by == "class"
    assert rules.rules_for("https://id.example.org/token", ()) == plain
