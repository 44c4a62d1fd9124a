from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.cli.command import appcreds
from tests.cli.schemas import check

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

MY = "https://my.home-assistant.io/redirect/oauth"


def _live(desk: Desk, home_assistant: HomeAssistant) -> None:
    desk.declare(
        "  music: {integration: spotify, client_id: a, client_secret: !secret spotify}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )


def _document(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    check("integrations", document)
    return document


def test_without_a_manifest_the_catalogue_is_shown(tmp_path: Path) -> None:
    ended = appcreds("integrations", "onedrive", cwd=tmp_path)

    assert ended.code == 0
    assert "token URL      https://login.microsoftonline.com/consumers/oauth2" in ended.stdout
    assert "runs out after 24 months at most" in ended.stdout
    assert (
        f"redirect URI   not known, as no Home Assistant could be asked: most often {MY};"
        in ended.stdout
    )


def test_every_integration_has_a_line(tmp_path: Path) -> None:
    ended = appcreds("integrations", cwd=tmp_path)
    document = _document(appcreds("integrations", "--format", "json", cwd=tmp_path).stdout)

    names = [row["integration"] for row in document["integrations"]]
    assert len(names) == len(set(names)) > 50
    assert [line.split()[0] for line in ended.stdout.splitlines()[1 : len(names) + 1]] == names


def test_what_is_special_is_said(tmp_path: Path) -> None:
    built_in = appcreds("integrations", "teslemetry", cwd=tmp_path).stdout
    single = appcreds("integrations", "withings", cwd=tmp_path).stdout

    assert "secret         none needed" in built_in
    assert "Home Assistant brings a client of its own" in built_in
    assert "knows one credential only" in single


def test_a_slip_of_the_pen_is_corrected(tmp_path: Path) -> None:
    ended = appcreds("integrations", "spotfy", cwd=tmp_path)

    assert ended.code == 1
    assert "did you mean spotify?" in ended.stderr


def test_a_named_manifest_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    ended = appcreds("integrations", "--manifest", "nowhere.yaml", cwd=tmp_path)

    assert ended.code == 1
    assert "no manifest `nowhere.yaml`" in ended.stderr


def test_a_home_assistant_says_where_to_register(home_assistant: HomeAssistant, desk: Desk) -> None:
    _live(desk, home_assistant)

    ended = desk.run("integrations", "google", TOKEN=home_assistant.token)
    as_json = desk.run("integrations", "google", "--format", "json", TOKEN=home_assistant.token)

    assert ended.code == 0
    # The lab runs without `my:`, so each Home Assistant gives its own address.
    assert f"redirect URI   {home_assistant.redirect_uri}\n" in ended.stdout
    assert "register at    https://console.cloud.google.com/apis/credentials" in ended.stdout
    (store,) = _document(as_json.stdout)["stores"]
    assert (store["home_assistant"], store["redirect_uri"]) == (
        home_assistant.version,
        home_assistant.redirect_uri,
    )


def test_its_instructions_are_filled_in(home_assistant: HomeAssistant, desk: Desk) -> None:
    _live(desk, home_assistant)

    ended = desk.run("integrations", "google", TOKEN=home_assistant.token)

    _, _, told = ended.stdout.partition("Home Assistant says:\n")
    assert "(https://www.home-assistant.io/integrations/google/)" in told
    assert "{" not in told


def test_a_custom_integration_is_told_by_home_assistant(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    _live(desk, home_assistant)

    one = desk.run("integrations", "oauth_lab", TOKEN=home_assistant.token)
    every = desk.run("integrations", "--format", "json", TOKEN=home_assistant.token)
    offline = desk.run("integrations", "oauth_lab", "--offline")

    assert (one.code, offline.code) == (0, 1)
    assert "not in the catalogue: a custom integration" in one.stdout
    rows = {row["integration"]: row for row in _document(every.stdout)["integrations"]}
    assert rows["oauth_lab"]["supported_by"] == {"house": True}
    assert rows["spotify"]["declared_as"] == ["music"]
    assert rows["willow"]["supported_by"] == {"house": False}


def test_a_store_that_cannot_be_asked_leaves_the_catalogue_to_see(desk: Desk) -> None:
    desk.declare(stores="house: {url: 'http://127.0.0.1:1', token: 'env://TOKEN'}")

    ended = desk.run("integrations", "spotify", TOKEN="x")

    assert ended.code == 1
    assert "token URL" in ended.stdout
    assert "error: store house: nothing listens" in ended.stdout
