from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

IN_VAULT = """\
  spotify:
    client_id: vault://kv/spotify#client_id
    client_secret: vault://kv/spotify#client_secret
"""
NO_VAULT = {"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "t"}


def _plan(desk: Desk, *flags: str, **variables: str) -> dict[str, Any]:
    ended = desk.run("plan", "--format", "json", *flags, **variables)
    assert ended.stdout, ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    check("plan", document)
    return document


def test_changes_nothing(desk: Desk) -> None:
    ended = desk.run("plan")

    assert ended.code == 0
    assert "2 to create" in ended.stdout
    assert list((desk.folder / "ha").iterdir()) == []


def test_the_detailed_exit_code_tells_changes_from_none(desk: Desk) -> None:
    before = desk.run("plan", "--detailed-exitcode").code
    desk.run("sync")

    assert (before, desk.run("plan", "--detailed-exitcode").code) == (2, 0)


def test_the_detailed_exit_code_of_a_guard_is_3(desk: Desk) -> None:
    desk.run("sync")
    desk.declare()

    plain, detailed = desk.run("plan"), desk.run("plan", "--detailed-exitcode")

    assert (plain.code, detailed.code) == (0, 3)
    assert "--allow-empty" in detailed.stdout
    assert desk.run("plan", "--detailed-exitcode", "--allow-empty").code == 2


def test_a_reference_that_cannot_be_read_is_1_and_no_delete(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-1")

    ended = desk.run("plan", "--detailed-exitcode")

    assert ended.code == 1
    assert "blocked" in ended.stdout
    assert "delete" not in ended.stdout


def test_a_store_that_cannot_be_read_is_1(desk: Desk) -> None:
    (desk.folder / "ha").rmdir()

    ended = desk.run("plan")

    assert ended.code == 1
    assert "does not exist" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_json_is_as_published(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-2", netatmo="netatmo-1")
    desk.declare(SPOTIFY)

    document = _plan(desk, "--detailed-exitcode")

    assert document["exit_code"] == 2
    (store,) = document["stores"]
    changes = [(change["action"], change["differs"]) for change in store["plan"]["changes"]]
    assert changes == [("replace", ["client_secret"]), ("delete", [])]


def test_json_of_failures_is_as_published(desk: Desk) -> None:
    desk.secrets(spotify="spotify-1")
    missing = _plan(desk)
    (desk.folder / "ha").rmdir()

    assert [failure["code"] for failure in missing["failures"]] != []
    assert _plan(desk)["stores"][0]["plan"] is None


def test_only_the_chosen_store(desk: Desk) -> None:
    (desk.folder / "b").mkdir()
    desk.declare(SPOTIFY, stores="ha: {directory: ha}, b: {directory: b}")

    assert [store["store"] for store in _plan(desk, "--store", "b")["stores"]] == ["b"]


def test_an_unknown_store_is_a_wrong_command_line(desk: Desk) -> None:
    ended = desk.run("plan", "--store", "haa")

    assert ended.code == 64
    assert "--store haa is no store and no label; did you mean ha?" in ended.stderr


def test_without_secrets_vault_is_never_asked(desk: Desk) -> None:
    desk.declare(IN_VAULT, NETATMO)

    asked = desk.run("plan", **NO_VAULT)
    document = _plan(desk, "--no-secrets", **NO_VAULT)

    assert asked.code == 1  # the counter-check: with secrets, this Vault would have been missed
    assert (document["exit_code"], document["failures"]) == (0, [])


def test_without_secrets_what_is_unknown_is_no_change(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-2", netatmo="netatmo-2")

    document = _plan(desk, "--no-secrets", "--detailed-exitcode")

    assert document["exit_code"] == 0
    not_compared = document["stores"][0]["plan"]["not_compared"]
    assert [row["integration"] for row in not_compared] == ["netatmo", "spotify"]


def test_without_secrets_a_store_whose_token_is_in_vault_is_not_compared(desk: Desk) -> None:
    desk.declare(SPOTIFY, stores="ha: {url: 'http://127.0.0.1:1', token: 'vault://kv/ha#token'}")

    document = _plan(desk, "--no-secrets", "--detailed-exitcode", **NO_VAULT)

    assert document["exit_code"] == 0
    assert document["stores"][0]["not_compared"]["code"] == "not-compared"


def test_without_secrets_a_store_whose_token_is_elsewhere_is_compared(
    desk: Desk, home_assistant: HomeAssistant
) -> None:
    live = f"ha: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}"
    desk.declare(SPOTIFY, NETATMO, stores=live)

    flags = ("--no-secrets", "--detailed-exitcode")
    document = _plan(desk, *flags, **NO_VAULT, TOKEN=home_assistant.token)

    assert document["exit_code"] == 2
    assert len(document["stores"][0]["plan"]["changes"]) == 2


def test_offline_two_manifests_are_compared(desk: Desk) -> None:
    desk.declare(SPOTIFY, name="base.yaml")
    desk.declare(SPOTIFY.replace("!secret spotify", "vault://kv/s#x"), NETATMO)
    (desk.folder / "ha").rmdir()
    (desk.folder / "secrets.yaml").unlink()

    document = _plan(desk, "--offline", "--base", "base.yaml", "--detailed-exitcode", **NO_VAULT)

    assert document["exit_code"] == 2
    changes = [row["action"] for row in document["stores"][0]["plan"]["changes"]]
    assert changes == ["create", "replace"]


def test_offline_the_same_text_in_another_folder_is_the_same(desk: Desk) -> None:
    (desk.folder / "base").mkdir()
    relative = "  xbox: {client_id: 'file:./id', client_secret: 'file:../secret'}\n"
    for name in ("appcreds.yaml", "base/appcreds.yaml"):
        desk.declare(
            SPOTIFY, NETATMO.replace("!secret netatmo", "file:///run/n"), relative, name=name
        )

    ended = desk.run("plan", "--offline", "--base", "base/appcreds.yaml", "--detailed-exitcode")

    assert (ended.code, ended.stderr) == (0, "")
    moved = relative.replace("../secret", "./secret")
    desk.declare(SPOTIFY, NETATMO.replace("!secret netatmo", "file:///run/m"), moved)
    ended = desk.run("plan", "--offline", "--base", "base/appcreds.yaml", "--detailed-exitcode")
    assert ended.code == 2
    assert "2 to replace" in ended.stdout


def test_offline_a_manifest_equals_itself(desk: Desk) -> None:
    ended = desk.run("plan", "--offline", "--base", "appcreds.yaml", "--detailed-exitcode")

    assert (ended.code, "nothing to do" in ended.stdout) == (0, True)


@pytest.mark.parametrize("wanted", ["json", "markdown", "text"])
def test_no_format_is_coloured_where_nobody_looks(desk: Desk, wanted: str) -> None:
    assert "\x1b" not in desk.run("plan", "--format", wanted).printed
