"""A client that somebody else has set up already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import changes, declared, held, lab, only_change, plan, reason

if TYPE_CHECKING:
    from tests.contract.live_world import LiveWorld
    from tests.contract.world import AccountState, World


@pytest.mark.parametrize("state", ["loaded", "disabled"])
def test_in_use_it_blocks_with_the_line_to_paste(world: World, state: AccountState) -> None:
    item_id = world.put_item(None)
    world.put_account(item_id, state=state)
    before = world.items()
    report = world.sync(declared(lab()))
    assert changes(report) == [("blocked", "home.lab", "first-contact")]
    assert f"auth_domain: {{oauth_lab: {item_id}}}" in reason(only_change(report))
    assert '"Ann"' in reason(only_change(report))
    assert world.items() == before
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_an_account_that_can_not_tell_counts_as_well(live: LiveWorld) -> None:
    live.put_item(None)
    live.put_account("home.gone", state="setup_error")
    report = live.sync(declared(lab()))
    assert changes(report) == [("blocked", "home.lab", "first-contact")]
    assert "can't tell for sure" in reason(only_change(report))


def test_that_line_makes_the_plan_empty(world: World) -> None:
    item_id = world.put_item(None)
    world.put_account(item_id)
    report = world.sync(declared(lab(more=f"auth_domain: {{oauth_lab: {item_id}}}")))
    assert (changes(report), plan(report).unchanged, plan(report).unmanaged) == ([], 1, 0)


@pytest.mark.parametrize("key", ["it's: {a, key}", "- key", "cabin lab", "0123"])
def test_it_does_so_for_any_key_that_somebody_chose(world: World, key: str) -> None:
    world.put_item(key, secret="canary-second")
    world.put_account(key)
    report = world.plan(declared(lab(secret="second")))
    line = re.search("`(auth_domain: .*?})`", reason(only_change(report)))
    assert line is not None
    assert changes(world.plan(declared(lab(secret="second", more=line[1])))) == []


def test_create_anyway_makes_a_second_one_beside_it(world: World) -> None:
    item_id = world.put_item(None)
    world.put_account(item_id)
    report = world.sync(declared(lab()), create_anyway=True)
    assert changes(report) == [("create", "home.lab", None)]
    assert set(held(world)) == {item_id, "home.lab"}
    assert exit_code(report) == ExitCode.OK


def test_unused_it_is_no_hindrance_and_a_line_for_absent_is_suggested(world: World) -> None:
    item_id = world.put_item(None)
    report = world.sync(declared(lab()))
    assert changes(report) == [("create", "home.lab", "same-client")]
    assert f"{{integration: oauth_lab, id: {item_id}}}" in reason(only_change(report))
    assert set(held(world)) == {item_id, "home.lab"}
    assert exit_code(report) == ExitCode.OK


def test_the_suggested_line_removes_it(world: World) -> None:
    item_id = world.put_item(None)
    world.sync(declared(lab()))
    line = f"absent:\n- {{integration: oauth_lab, id: {item_id}}}\n"
    assert changes(world.sync(declared(lab()) + line)) == [("delete", item_id, None)]
    assert list(held(world)) == ["home.lab"]


def test_another_client_id_is_no_contact(world: World) -> None:
    item_id = world.put_item(None, client_id="another")
    world.put_account(item_id)
    assert changes(world.sync(declared(lab()))) == [("create", "home.lab", None)]


def test_nor_is_another_integration(world: World) -> None:
    item_id = world.put_item(None, domain="netatmo")
    world.put_account(item_id, domain="netatmo", state="disabled")
    assert changes(world.sync(declared(lab()))) == [("create", "home.lab", None)]


def test_nor_an_account_that_a_person_ignored(world: World) -> None:
    item_id = world.put_item(None)
    world.put_account(item_id, state="ignored")
    assert changes(world.sync(declared(lab()))) == [("create", "home.lab", "same-client")]
