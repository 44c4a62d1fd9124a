from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli.saved_plan import refuse_if_changed, save_plan
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import Report, StoreReport
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.verifying import judged
from tests.cli.conftest import SPOTIFY
from tests.cli.schemas import check
from tests.planning.builders import desired, entry, item, snapshot, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.reconcile.verifying import Policy
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

    assert "note: 2 secrets without a version" in planned.stderr
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

    assert ended.code == 1
    assert "there is none for ha" in ended.stderr
    assert "error: " in ended.stdout, "why it could not be read"
    assert not (desk.folder / "plan.json").exists()


def test_a_saved_plan_says_where_it_could_not_be_saved(desk: Desk) -> None:
    ended = desk.run("plan", "--out", "missing/plan.json")

    assert ended.code == 64
    assert "can't be written to missing/plan.json" in ended.stderr


@pytest.mark.parametrize(
    ("kind", "policy", "action"),
    [
        (VerdictKind.RIGHT, "auto", Action.REPLACE),
        (VerdictKind.WRONG, "auto", Action.BLOCKED),
        (VerdictKind.UNREACHABLE, "require", Action.BLOCKED),
    ],
)
def test_what_the_provider_says_later_makes_no_other_plan(
    tmp_path: Path, kind: VerdictKind, policy: Policy, action: Action
) -> None:
    planned = make_plan(
        desired(wanted(secret="new")),
        snapshot(item("old"), entries=(entry("home.spotify"),)),
    )
    save_plan(Report((StoreReport("house", planned),)), tmp_path / "plan.json")
    change = judged(planned.changes[0], Verdict(kind, "code", "words"), policy)
    assert change.action is action
    approve = refuse_if_changed(tmp_path / "plan.json")

    assert approve({"house": replace(planned, changes=(change,))}) == ()
    assert approve({"house": replace(planned, changes=(replace(change, client_id="x"),))}) != ()


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
