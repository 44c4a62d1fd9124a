"""A credential under a new name in the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import actions, declared, guards, held, lab, plan, reason

if TYPE_CHECKING:
    from tests.contract.world import World


def test_in_use_both_are_blocked_and_the_line_keeps_the_old_key(world: World) -> None:
    world.put_item("home.old")
    world.put_account("home.old")
    before = world.items()
    report = world.sync(declared(lab("new")))
    assert actions(report) == {"home.new": "blocked", "home.old": "blocked"}
    create = next(it for it in plan(report).changes if it.credential == "new")
    assert "auth_domain: {oauth_lab: home.old}" in reason(create)
    assert world.items() == before
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_no_flag_removes_the_old_one_under_its_account(world: World) -> None:
    world.put_item("home.old")
    world.put_account("home.old")
    before = world.items()
    world.sync(declared(lab("new")), allow_in_use=True, create_anyway=True)
    assert world.items() == before


def test_unused_the_new_one_comes_and_the_old_one_goes(world: World) -> None:
    world.put_item("home.old")
    report = world.sync(declared(lab("new")))
    assert (actions(report), guards(report)) == ({"home.new": "create", "home.old": "delete"}, [])
    assert list(held(world)) == ["home.new"]


def test_the_old_one_stays_while_the_new_secret_can_not_be_read(world: World) -> None:
    world.put_item("home.old")
    report = world.sync(declared(lab("new", secret="nowhere")))
    assert actions(report) == {"home.new": "blocked", "home.old": "blocked"}
    assert list(held(world)) == ["home.old"]


def test_another_client_id_is_another_credential(world: World) -> None:
    world.put_item("home.old", client_id="old-client")
    report = world.sync(declared(lab("new")))
    assert actions(report) == {"home.new": "create", "home.old": "delete"}
