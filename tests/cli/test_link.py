"""Accounts linked from the command line, by a certified provider, in real Home Assistants."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import appcreds
from tests.cli.linking import LAB, PERSON, SECRET, accounts, link, nothing_is_left
from tests.cli.schemas import check
from tests.lab.browser import fill_in_forms

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao
    from tests.lab.provider import Provider


def test_from_nothing_to_a_loaded_account(
    home_assistant: HomeAssistant,
    provider: Provider,
    vault: OpenBao,
    home: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", vault.token)
    mount = vault.mount_kv(2)
    store = f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}"
    home.declare(stores=store, head=f"vault: {{address: '{vault.address}'}}\n")
    variables = {"TOKEN": home_assistant.token}
    added = appcreds(
        *("add", "oauth_lab", "--name", "lab", "--client-id", "ours", "--secret-stdin", "--sync"),
        *("--vault-path", f"{mount}/ha/{{credential}}"),
        cwd=home.folder,
        env=variables,
        stdin=SECRET,
    )
    assert added.code == 0, added.printed

    linking = link(home, home_assistant, "lab")
    fill_in_forms(linking.address(), PERSON)
    ended = linking.end()

    assert ended.code == 0, ended.stderr
    (account,) = accounts(home_assistant)
    assert account["state"] == "loaded"
    assert f'house: linked "{account["title"]}" by oauth_lab/home.lab, loaded' in ended.stdout
    assert f"redirect URI, which the provider must know: {home_assistant.redirect_uri}" in (
        ended.stdout
    )
    assert "Home Assistant offers" not in ended.stdout  # it is the only one
    assert SECRET not in ended.printed
    assert {request.status for request in provider.requests()} == {200}
    listed = home.run("list", **variables)
    assert f"{account['title']} (loaded)" in listed.stdout


@pytest.mark.parametrize(("name", "client_id"), [("lab", "ours"), ("second", "ours-2")])
def test_picks_the_named_one_of_ours_and_never_home_assistant_cloud(
    name: str, client_id: str, home_assistant: HomeAssistant, provider: Provider, home: Desk
) -> None:
    home_assistant.offer_cloud()
    home_assistant.create_item(
        domain="oauth_lab", client_id="theirs", client_secret="x", name="Theirs"
    )
    second = "  second: {integration: oauth_lab, client_id: ours-2, client_secret: !secret lab}\n"
    home.declare(
        LAB, second, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}"
    )
    provider.register("ours-2", SECRET, [home_assistant.redirect_uri])
    home.run("sync", TOKEN=home_assistant.token)

    linking = link(home, home_assistant, name)
    address = linking.address()
    fill_in_forms(address, PERSON)
    ended = linking.end()

    assert ended.code == 0, ended.stderr
    assert f"client_id={client_id}&" in address
    offered = "Home Assistant offers Home Assistant Cloud, lab, second, Theirs"
    assert f"{offered}; taken: home.{name}\n" in ended.stdout
    (account,) = accounts(home_assistant)
    item_id = home_assistant.item_of_entry(account["entry_id"])
    assert {i["id"]: i["client_id"] for i in home_assistant.items()}[str(item_id)] == client_id


def test_the_persons_own_address_is_what_the_provider_gets(
    home_assistant: HomeAssistant, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = link(home, home_assistant, "lab", "--url", "https://house.example.org/lovelace")
    linking.address()
    linking.tell(signal.SIGINT)

    assert "https://house.example.org/auth/external/callback" in linking.end().stdout


def test_what_is_not_synced_yet_is_not_linked(home_assistant: HomeAssistant, home: Desk) -> None:
    ended = home.run("link", "lab", TOKEN=home_assistant.token)

    assert ended.code == 1
    assert "has no oauth_lab/home.lab yet; run appcreds-sync sync first" in ended.stderr


def test_what_differs_from_the_manifest_is_not_linked(
    home_assistant: HomeAssistant, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    home.secrets(lab="another")

    ended = home.run("link", "lab", TOKEN=home_assistant.token)

    assert ended.code == 1
    assert "has oauth_lab/home.lab with another client secret; run appcreds-sync sync first" in (
        ended.stderr
    )
    assert nothing_is_left(home_assistant)


def test_a_token_that_is_no_administrators(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    ended = home.run("link", "lab", TOKEN=home_assistant.user_token)

    assert ended.code == 1
    assert "administrator" in ended.stderr


def test_lists_what_has_no_account_yet(home_assistant: HomeAssistant, home: Desk) -> None:
    secret = "client_id: a, client_secret: !secret lab"
    home.declare(
        LAB,
        f"  lazy: {{integrations: [oauth_lab_lazy, oauth_lab_forms], {secret}}}\n",
        f"  new: {{integration: oauth_lab_retry, {secret}}}\n",
        f"  unknown: {{integration: no_such_integration, {secret}, if_unsupported: skip}}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )
    old = {"domain": "oauth_lab_lazy", "client_id": "old", "auth_domain": "home.lazy"}
    home_assistant.create_item(client_secret="old", **old)  # left over, as it does not count
    for item in (
        {"domain": "oauth_lab", "client_id": "ours", "auth_domain": "home.lab"},
        {"domain": "oauth_lab_lazy", "client_id": "a", "auth_domain": "home.lazy"},
        {"domain": "oauth_lab_forms", "client_id": "changed", "auth_domain": "home.lazy"},
    ):
        home_assistant.create_item(client_secret=SECRET, **item)
    home_assistant.add_entry(domain="oauth_lab_lazy", auth_implementation="home.lazy")

    as_text = home.run("link", TOKEN=home_assistant.token)
    as_json = home.run("link", "--format", "json", TOKEN=home_assistant.token)

    assert as_text.code == 0, as_text.printed
    assert [line.split(maxsplit=2) for line in as_text.stdout.splitlines()[1:]] == [
        ["lab", "house", "appcreds-sync link lab --store house"],
        ["lazy", "house", "appcreds-sync sync, first"],
        ["new", "house", "appcreds-sync sync, first"],
    ]
    document = json.loads(as_json.stdout)
    check("link", document)
    assert [(row["integration"], row["synced"]) for row in document["unlinked"]] == [
        ("oauth_lab", True),
        ("oauth_lab_forms", False),
        ("oauth_lab_retry", False),
    ]


def test_the_list_names_the_integration_where_one_must_be_named(
    home_assistant: HomeAssistant, home: Desk
) -> None:
    both = "integrations: [oauth_lab, oauth_lab_lazy], client_id: a, client_secret: !secret lab"
    home.declare(
        f"  both: {{{both}}}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )
    home.run("sync", TOKEN=home_assistant.token)
    home_assistant.add_entry(domain="oauth_lab_lazy", auth_implementation="home.both")

    listed = home.run("link", TOKEN=home_assistant.token)

    assert "link both --store house --integration oauth_lab\n" in listed.stdout


def test_the_list_says_what_could_not_be_read(home_assistant: HomeAssistant, home: Desk) -> None:
    home.secrets(another="a")

    listed = home.run("link", TOKEN=home_assistant.token)

    assert listed.code == 1
    assert "error: " in listed.stdout
    assert "every credential has an account" not in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("spotfy",), "did you mean spotify?"),
        (("spotify",), "is for no running Home Assistant"),
        (("spotify", "--store", "nowhere"), "is no store"),
        (("spotify", "--url", "house.example.org"), "is nothing that a browser opens"),
        (("spotify", "--format", "json"), "--format is for the list"),
        (("--browser",), "need the NAME of a credential"),
        (("--store", "ha"), "there is no running Home Assistant to look at"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(
    arguments: tuple[str, ...], said: str, desk: Desk
) -> None:
    ended = desk.run("link", *arguments)

    assert ended.code == 64
    assert said in ended.stderr


def test_of_several_stores_or_integrations_one_must_be_named(desk: Desk) -> None:
    fields = "integrations: [google, google_mail], client_id: a, client_secret: !secret spotify"
    live = "{url: 'http://127.0.0.1:%d', token: 'env://T'}"
    desk.declare(f"  family: {{{fields}}}\n", stores=f"a: {live % 1}, b: {live % 2}")

    assert "family is for a, b; say which one: --store" in desk.run("link", "family").stderr
    one = desk.run("link", "family", "--store", "a").stderr
    assert "family is for google, google_mail; say which one: --integration" in one


def test_opens_a_browser_if_told_to(
    home_assistant: HomeAssistant, home: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    browser = home.write("browser", '#!/bin/sh\necho "$1" > opened\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))

    linking = link(home, home_assistant, "lab", "--browser", "--timeout", "1")
    address = linking.address()
    linking.end()

    assert (home.folder / "opened").read_text() == f"{address}\n"
