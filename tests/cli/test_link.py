"""Accounts linked from the command line, by a certified provider, in real Home Assistants."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import IO, TYPE_CHECKING, Any, Final

import pytest

from tests.cli.command import PROGRAM, Ended, appcreds
from tests.cli.schemas import check
from tests.cli.terminal import at_terminal
from tests.lab.browser import PageProblem, cancel, fill_in_forms, open_page

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao
    from tests.lab.provider import Provider

SECRET: Final = "canary-of-a-client-secret"
PERSON: Final = {"login": "ann", "password": "anything"}
LAB: Final = "  lab: {integration: oauth_lab, client_id: ours, client_secret: !secret lab}\n"


@pytest.fixture
def home(home_assistant: HomeAssistant, provider: Provider, desk: Desk) -> Desk:
    """A desk with one Home Assistant, `house`, that has a credential of the provider."""
    home_assistant.choose_provider(provider.url)
    provider.register("ours", SECRET, [home_assistant.redirect_uri])
    desk.declare(LAB, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    desk.secrets(lab=SECRET)
    return desk


class _Linking:
    """`appcreds-sync link` under way, with a person who signs in when told where."""

    def __init__(self, desk: Desk, home_assistant: HomeAssistant, *arguments: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 -- our own command
            [PROGRAM, "link", *arguments],
            cwd=desk.folder,
            env={**os.environ, "TOKEN": home_assistant.token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._seen = self._errors = ""

    def address(self) -> str:
        """Wait for the address at the provider."""
        output: IO[str] = self._process.stdout  # type: ignore[assignment]  # it is a pipe
        for line in output:
            self._seen += line
            if line.startswith("http"):
                return line.strip()
        raise AssertionError(self._seen + self.end().stderr)

    def wait_for_error(self, words: str) -> None:
        """Wait until a line on stderr holds `words`."""
        errors: IO[str] = self._process.stderr  # type: ignore[assignment]  # it is a pipe
        while words not in self._errors:
            line = errors.readline()
            assert line, self._errors
            self._errors += line

    def tell(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> Ended:
        rest, errors = self._process.communicate(timeout=90)
        return Ended(self._process.returncode, self._seen + rest, self._errors + errors)


def _accounts(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    return [e for e in home_assistant.entries() if e["domain"].startswith("oauth_lab")]


def _nothing_is_left(home_assistant: HomeAssistant) -> bool:
    return home_assistant.flows() == [] and _accounts(home_assistant) == []


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

    linking = _Linking(home, home_assistant, "lab")
    fill_in_forms(linking.address(), PERSON)
    ended = linking.end()

    assert ended.code == 0, ended.stderr
    (account,) = _accounts(home_assistant)
    assert account["state"] == "loaded"
    assert f'house: linked "{account["title"]}" by oauth_lab/home.lab, loaded' in ended.stdout
    assert f"redirect URI, which the provider must know: {home_assistant.redirect_uri}" in (
        ended.stdout
    )
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

    linking = _Linking(home, home_assistant, name)
    address = linking.address()
    fill_in_forms(address, PERSON)
    ended = linking.end()

    assert ended.code == 0, ended.stderr
    assert f"client_id={client_id}&" in address
    offered = "Home Assistant offers Home Assistant Cloud, Theirs, lab, second"
    assert f"{offered}; taken: home.{name}\n" in ended.stdout
    (account,) = _accounts(home_assistant)
    item_id = home_assistant.item_of_entry(account["entry_id"])
    assert {i["id"]: i["client_id"] for i in home_assistant.items()}[str(item_id)] == client_id


def test_the_only_one_left_is_not_taken_for_ours(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    home_assistant.offer_cloud()

    def answer(prompt: str) -> None:
        # Home Assistant asks which one only where there are several.
        if prompt.startswith("oauth_lab_forms wants to know (user)"):
            (item,) = home_assistant.items()
            home_assistant.delete_item(item["id"])

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=BEFORE,
        env={"TOKEN": home_assistant.token},
        reading=answer,
    )

    assert code == 1
    assert "would link by the client nabu-casa; oauth_lab_forms/home.lab has just gone" in screen
    assert "sign in" not in screen
    assert _nothing_is_left(home_assistant)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_ends_the_flow_in_home_assistant_too(
    told: signal.Signals, home_assistant: HomeAssistant, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    linking = _Linking(home, home_assistant, "lab")
    linking.address()
    assert len(home_assistant.flows()) == 1

    linking.tell(told)

    assert linking.end().code == 130
    assert _nothing_is_left(home_assistant)


def test_nobody_comes_back_from_the_provider(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = _Linking(home, home_assistant, "lab", "--timeout", "1")
    open_page(linking.address())  # and close it
    ended = linking.end()

    assert ended.code == 1
    assert "nobody came back from the provider within 1 s; link again" in ended.stderr
    assert _nothing_is_left(home_assistant)


def test_cancelled_at_the_provider(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = _Linking(home, home_assistant, "lab")
    cancel(linking.address())
    ended = linking.end()

    assert ended.code == 1
    assert (
        "user_rejected_authorize; the provider said access_denied; the sign-in was cancelled"
        in (ended.stderr)
    )
    assert _nothing_is_left(home_assistant)


def test_home_assistant_restarts_meanwhile(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = _Linking(home, home_assistant, "lab")
    linking.address()
    home_assistant.restart()
    ended = linking.end()

    assert ended.code == 1
    assert "Home Assistant was restarted, or somebody ended the flow: link again" in ended.stderr
    assert _nothing_is_left(home_assistant)


def test_ctrl_c_while_home_assistant_is_away(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    linking = _Linking(home, home_assistant, "lab")
    linking.address()

    home_assistant.stop()
    linking.wait_for_error("waiting for it")
    linking.tell(signal.SIGINT)
    ended = linking.end()

    assert ended.code == 130
    assert "warning: the flow stays until Home Assistant restarts" in ended.stderr


def test_a_wrong_secret_shows_with_what_to_do(
    home_assistant: HomeAssistant, provider: Provider, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    provider.register("ours", "another", [home_assistant.redirect_uri])

    linking = _Linking(home, home_assistant, "lab")
    fill_in_forms(linking.address(), PERSON)
    ended = linking.end()

    assert ended.code == 1
    assert "try appcreds-sync verify" in ended.stderr
    assert _nothing_is_left(home_assistant)


def test_an_unregistered_redirect_uri_is_named(
    home_assistant: HomeAssistant, provider: Provider, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    provider.register("ours", SECRET, ["https://elsewhere.example.org/callback"])

    linking = _Linking(home, home_assistant, "lab", "--timeout", "2")
    address = linking.address()
    with pytest.raises(PageProblem, match="redirect_uri"):
        fill_in_forms(address, PERSON)

    assert home_assistant.redirect_uri in linking.end().stdout


def test_the_persons_own_address_is_what_the_provider_gets(
    home_assistant: HomeAssistant, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = _Linking(home, home_assistant, "lab", "--url", "https://house.example.org")
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
    assert _nothing_is_left(home_assistant)


def test_a_token_that_is_no_administrators(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    ended = home.run("link", "lab", TOKEN=home_assistant.user_token)

    assert ended.code == 1
    assert "administrator" in ended.stderr


def test_lists_what_has_no_account_yet(home_assistant: HomeAssistant, home: Desk) -> None:
    home.declare(
        LAB,
        "  lazy: {integration: oauth_lab_lazy, client_id: a, client_secret: !secret lab}\n",
        "  new: {integration: oauth_lab_retry, client_id: a, client_secret: !secret lab}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )
    home.run("sync", TOKEN=home_assistant.token)
    home_assistant.add_entry(domain="oauth_lab_lazy", auth_implementation="home.lazy")
    home_assistant.delete_item(
        next(i["id"] for i in home_assistant.items() if i["domain"] == "oauth_lab_retry")
    )

    as_text = home.run("link", TOKEN=home_assistant.token)
    as_json = home.run("link", "--format", "json", TOKEN=home_assistant.token)

    assert as_text.code == 0
    assert "lab         house  appcreds-sync link lab --store house" in as_text.stdout
    assert "new         house  appcreds-sync sync, first" in as_text.stdout
    assert "lazy" not in as_text.stdout
    document = json.loads(as_json.stdout)
    check("link", document)
    assert [(row["credential"], row["synced"]) for row in document["unlinked"]] == [
        ("lab", True),
        ("new", False),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("spotfy",), "did you mean spotify?"),
        (("spotify",), "is for no running Home Assistant"),
        (("spotify", "--store", "nowhere"), "is no store"),
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


FORMS: Final = (
    "  lab: {integration: oauth_lab_forms, client_id: ours, client_secret: !secret lab}\n"
)


BEFORE: Final = (("region: ", "eu"), ("pin: ", "1234"), ("devices [2]: ", ""))
ROOMS: Final = ("in between): ", "attic, hall")


@pytest.fixture
def home_with_forms(home_assistant: HomeAssistant, home: Desk) -> Desk:
    """A home whose integration asks for more than a sign-in."""
    home.declare(FORMS, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    home.run("sync", TOKEN=home_assistant.token)
    return home


def _sign_in(line: str) -> None:
    if line.startswith("http"):
        fill_in_forms(line, PERSON)


def test_an_integrations_own_forms_are_asked_at_a_terminal(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    wrong_pin = (BEFORE[0], ("pin: ", "4321"), BEFORE[2])
    too_many = (("region: ", "mars"), ("region: ", "us"), BEFORE[1], ("devices [2]: ", "12"))
    right = (("region: ", "us"), BEFORE[1], ("devices [2]: ", "3"))

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=(*wrong_pin, *too_many, *right, ROOMS),
        env={"TOKEN": home_assistant.token},
        reading=_sign_in,
    )

    assert code == 0
    assert "eu  Europe" in screen
    assert "Home Assistant says: pin: wrong_pin" in screen
    assert "'mars' is none of these" in screen
    assert "Home Assistant says: devices: value must be at most 9" in screen
    assert "1234" not in screen
    assert 'linked "us, 3 devices, attic and hall" by oauth_lab_forms/home.lab, loaded' in screen


@pytest.mark.parametrize("asked", ["region: ", "pin: ", "devices [2]: ", "in between): "])
def test_ctrl_c_at_a_prompt_leaves_nothing_behind(
    asked: str, home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    prompts = (*BEFORE, ROOMS)
    before = next(place for place, (prompt, _) in enumerate(prompts) if prompt == asked)

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=(*prompts[:before], (asked, "\x03")),
        env={"TOKEN": home_assistant.token},
        reading=_sign_in,
    )

    assert code == 130
    assert "interrupted" in screen
    assert _nothing_is_left(home_assistant)


def test_a_code_to_type_at_the_provider_is_shown(home_assistant: HomeAssistant, home: Desk) -> None:
    device = "  tv: {integration: oauth_lab_device, client_id: a, client_secret: !secret lab}\n"
    home.declare(device, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    home.run("sync", TOKEN=home_assistant.token)

    def type_it(line: str) -> None:
        if line == "user_code  WDJB-MJHT":
            home_assistant.type_code()

    code, screen = at_terminal(
        *("link", "tv"),
        cwd=home.folder,
        env={"TOKEN": home_assistant.token},
        reading=type_it,
    )

    assert code == 0
    assert screen.count("WDJB-MJHT") == 1
    assert 'linked "A device" by oauth_lab_device/home.tv, loaded' in screen


def test_without_a_terminal_it_says_where_to_go_on(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    ended = _Linking(home_with_forms, home_assistant, "lab").end()

    assert ended.code == 1
    assert "wants more than a sign-in (user: region, pin, devices)" in ended.stderr
    assert "Add integration), where you choose lab" in ended.stderr
    assert _nothing_is_left(home_assistant)


def test_opens_a_browser_if_told_to(
    home_assistant: HomeAssistant, home: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    browser = home.write("browser", '#!/bin/sh\necho "$1" > opened\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))

    linking = _Linking(home, home_assistant, "lab", "--browser", "--timeout", "1")
    address = linking.address()
    linking.end()

    assert (home.folder / "opened").read_text() == f"{address}\n"
