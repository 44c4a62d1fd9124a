from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.command import Ended
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

SECRET = "canary-secret"
EXPIRING = """\
  netatmo: {client_id: netatmo-client, client_secret: !secret netatmo, expires: 2101-03-01}
"""


def _credentials(ended: Ended, store: int = 0) -> list[dict[str, Any]]:
    document = json.loads(ended.stdout)
    check("list", document)
    rows: list[dict[str, Any]] = document["stores"][store]["credentials"]
    return rows


def test_shows_what_is_there_and_what_is_missing(desk: Desk) -> None:
    desk.declare(SPOTIFY)
    desk.run("sync")
    desk.declare(SPOTIFY, EXPIRING)

    ended = desk.run("list")

    assert ended.code == 0
    assert ended.stdout.splitlines() == [
        "integration  name     client id       kind     expires     drift",
        "netatmo      netatmo  netatmo-client  managed  2101-03-01  missing",
        "spotify      spotify  spotify-client  managed",
        "",
        "ha: 1 managed, 1 missing",
    ]


def test_a_secret_that_ran_out_is_marked(desk: Desk) -> None:
    desk.declare(EXPIRING.replace("2101-03-01", "2020-01-01"))

    assert "2020-01-01 (past)" in desk.run("list").stdout
    assert "2020-01-01 (past)" in desk.run("list", "--format", "markdown").stdout
    found = _credentials(desk.run("list", "--format", "json"))
    assert found[0]["expires"] == "2020-01-01"


def test_says_what_differs_and_never_the_secret(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify=SECRET, netatmo="netatmo-1")

    for output_format in ("text", "markdown", "json"):
        ended = desk.run("list", "--format", output_format)
        assert SECRET not in ended.printed
        assert "spotify-1" not in ended.printed

    assert "another client secret" in desk.run("list").stdout
    found = _credentials(desk.run("list", "--format", "json"))
    assert [row["differs"] for row in found] == [[], ["client_secret"]]


def test_the_same_credential_of_several_stores_stands_side_by_side(desk: Desk) -> None:
    (desk.folder / "cabin").mkdir()
    desk.declare(SPOTIFY, NETATMO, stores="ha: {directory: ha}, cabin: {directory: cabin}")
    desk.run("sync", "--store", "ha")

    lines = desk.run("list").stdout.splitlines()

    assert [line.split()[:2] for line in lines[1:5]] == [
        ["netatmo", "cabin"],
        ["netatmo", "ha"],
        ["spotify", "cabin"],
        ["spotify", "ha"],
    ]
    assert desk.run("list", "--store", "cabin").stdout.count("missing") == 3


def test_a_store_that_cannot_be_read_fails_alone(desk: Desk) -> None:
    desk.declare(SPOTIFY, stores="ha: {directory: ha}, gone: {directory: gone}")
    desk.run("sync", "--store", "ha")

    ended = desk.run("list")

    assert ended.code == 1
    assert "ha: 1 managed" in ended.stdout
    assert "gone: could not be read" in ended.stdout
    assert "error: " in ended.stdout
    as_json = json.loads(desk.run("list", "--format", "json").stdout)
    check("list", as_json)
    assert [store["credentials"] is None for store in as_json["stores"]] == [False, True]


def test_a_secret_that_cannot_be_read_leaves_the_rest_to_see(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(netatmo="netatmo-1")

    ended = desk.run("list", "--format", "json")

    assert ended.code == 1
    assert [row["drift"] for row in _credentials(ended)] == ["none", "blocked"]


def test_no_secrets_asks_no_vault(desk: Desk) -> None:
    desk.run("sync")
    in_vault = SPOTIFY.replace("!secret spotify", "vault://kv/ha/spotify#s")
    desk.declare(in_vault, head='vault: {address: "http://127.0.0.1:1"}\n')

    ended = desk.run("list", "--no-secrets", "--format", "json")

    assert ended.code == 0
    assert _credentials(ended)[1]["drift"] == "not-compared"


def test_folds_on_80_columns(desk: Desk) -> None:
    client_id = "1234567890-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com"
    google = f"  google: {{client_id: {client_id}, client_secret: !secret spotify}}\n"
    desk.declare(google)
    desk.run("sync")

    ended = desk.run("list", COLUMNS="80")

    assert max(map(len, ended.stdout.splitlines())) <= 80


def test_a_home_assistants_accounts_and_versions_are_shown(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    desk.declare(
        "  lab: {integration: oauth_lab, client_id: one, client_secret: !secret spotify}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )
    desk.run("sync", TOKEN=home_assistant.token)
    home_assistant.create_item(domain="oauth_lab", client_id="two", client_secret=SECRET)
    home_assistant.add_entry(
        domain="oauth_lab", auth_implementation="home.lab", title="Ann", data={"mode": "lazy"}
    )

    ended = desk.run("list", TOKEN=home_assistant.token)
    unmanaged = desk.run("list", "--unmanaged", "--format", "json", TOKEN=home_assistant.token)

    assert ended.code == 0
    assert SECRET not in ended.printed
    assert "oauth_lab    lab   one        managed    Ann (loaded)" in ended.stdout
    version = home_assistant.version
    assert f"house (Home Assistant {version}): 1 managed, 1 unmanaged" in ended.stdout
    (row,) = _credentials(unmanaged)
    assert (row["client_id"], row["kind"], row["credential"]) == ("two", "unmanaged", None)
