from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.openbao import OpenBao


def test_a_saved_plan_is_applied_where_nothing_has_changed(desk: Desk) -> None:
    planned = desk.run("plan", "--out", "plan.json")
    ended = desk.run("sync", "--plan", "plan.json")

    check("plan", json.loads((desk.folder / "plan.json").read_text()))
    assert (planned.code, ended.code) == (0, 0)
    assert len(desk.items()) == 2


def test_a_saved_plan_says_that_secrets_without_a_version_are_not_pinned(desk: Desk) -> None:
    planned = desk.run("plan", "--out", "plan.json")

    assert "note: 2 secrets have no version" in planned.stderr
    assert "ha: netatmo/home.netatmo" in planned.stderr


def test_a_saved_plan_is_refused_where_the_manifest_has_changed(desk: Desk) -> None:
    desk.run("plan", "--out", "plan.json")
    desk.declare(SPOTIFY)

    ended = desk.run("sync", "--plan", "plan.json")

    assert ended.code == 3
    assert "the plan is not the one in plan.json any more" in ended.stdout
    assert desk.items() == {}


def test_a_saved_plan_is_refused_where_the_store_has_changed(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-2", netatmo="netatmo-1")
    desk.run("plan", "--out", "plan.json")
    desk.run("sync")

    ended = desk.run("sync", "--plan", "plan.json", "--format", "json")

    check("report", json.loads(ended.stdout))
    assert ended.code == 3
    assert "plan-changed" in ended.stdout


@pytest.mark.parametrize("content", ["", "[]", '{"stores": 1}', '{"format_version": 2}'])
def test_a_saved_plan_that_is_none_is_a_wrong_command_line(desk: Desk, content: str) -> None:
    desk.write("plan.json", content)

    ended = desk.run("sync", "--plan", "plan.json")

    assert ended.code == 64
    assert "error: " in ended.stderr
    assert desk.items() == {}


def test_a_saved_plan_that_is_missing_is_a_wrong_command_line(desk: Desk) -> None:
    ended = desk.run("sync", "--plan", "plan.json")

    assert ended.code == 64
    assert "plan.json can't be read" in ended.stderr


def test_a_saved_plan_is_not_saved_where_a_store_could_not_be_read(desk: Desk) -> None:
    (desk.folder / "ha").rmdir()

    ended = desk.run("plan", "--out", "plan.json")

    assert ended.code == 64
    assert "there is none for ha" in ended.stderr
    assert not (desk.folder / "plan.json").exists()


def test_a_saved_plan_says_where_it_could_not_be_saved(desk: Desk) -> None:
    ended = desk.run("plan", "--out", "missing/plan.json")

    assert ended.code == 64
    assert "can't be written to missing/plan.json" in ended.stderr


def test_a_saved_plan_is_refused_where_vault_has_a_newer_secret(desk: Desk, vault: OpenBao) -> None:
    mount = vault.mount_kv(2)
    write = vault.client().secrets.kv.v2.create_or_update_secret
    write("spotify", {"client_secret": "first"}, mount_point=mount)
    desk.declare(SPOTIFY.replace("!secret spotify", f"vault://{mount}/spotify#client_secret"))
    env = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
    planned = desk.run("plan", "--out", "plan.json", **env)
    write("spotify", {"client_secret": "second"}, mount_point=mount)

    ended = desk.run("sync", "--plan", "plan.json", **env)

    assert planned.stderr == ""  # each secret has a version: nothing is left unpinned
    assert (ended.code, desk.items()) == (3, {})
    assert "plan.json any more" in ended.stdout
