"""Two manifests, or a renamed owner, on one store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import actions, declared, guards, held, lab, only_guard

if TYPE_CHECKING:
    from tests.contract.world import World


def test_the_same_credentials_of_another_owner_stop_the_sync(world: World) -> None:
    world.put_item("cabin.lab")
    report = world.sync(declared(lab()))
    assert guards(report) == ["other-owner"]
    hint = only_guard(report).problem.hint
    assert "former_owners: [cabin]" in hint
    assert "--accept-new-owner" in hint
    assert list(held(world)) == ["cabin.lab"]
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_a_flag_lets_both_live_side_by_side(world: World) -> None:
    world.put_item("cabin.lab")
    report = world.sync(declared(lab()), accept_new_owner=True)
    assert guards(report) == []
    assert set(held(world)) == {"cabin.lab", "home.lab"}


def test_once_both_are_there_no_flag_is_needed(world: World) -> None:
    world.put_item("cabin.lab")
    world.put_item("home.lab")
    assert guards(world.plan(declared(lab()))) == []


def test_a_former_owner_is_succeeded(world: World) -> None:
    world.put_item("cabin.lab")
    report = world.sync(declared(lab()) + "former_owners: [cabin]\n")
    assert (guards(report), actions(report)) == (
        [],
        {"home.lab": "create", "cabin.lab": "delete"},
    )
    assert list(held(world)) == ["home.lab"]


def test_a_former_owner_s_credential_in_use_asks_to_keep_its_key(world: World) -> None:
    world.put_item("cabin.lab")
    world.put_account("cabin.lab")
    report = world.sync(declared(lab()) + "former_owners: [cabin]\n")
    assert actions(report) == {"home.lab": "blocked", "cabin.lab": "blocked"}
    kept = declared(lab(more="auth_domain: cabin.lab")) + "former_owners: [cabin]\n"
    assert actions(world.plan(kept)) == {}


def test_other_names_of_another_owner_are_nobody_s_business(world: World) -> None:
    world.put_item("cabin.another", client_id="another")
    assert guards(world.sync(declared(lab()))) == []
    assert set(held(world)) == {"cabin.another", "home.lab"}
