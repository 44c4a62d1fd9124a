"""`auth_domain` names the key to keep, so that a linked account never notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import (
    actions,
    changes,
    declared,
    held,
    lab,
    outcomes,
    plan,
    reason,
    store,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.live_world import LiveWorld
    from tests.contract.world import World


def test_an_item_made_by_hand_is_kept_as_it_is(world: World) -> None:
    item_id = world.put_item(None, name="By hand")
    world.put_account(item_id)
    before = world.items()
    report = world.sync(declared(lab(more=f"auth_domain: {item_id}")))
    assert (changes(report), plan(report).unchanged) == ([], 1)
    assert world.items() == before


def test_an_older_name_of_our_own_is_kept(world: World) -> None:
    world.put_item("home.old")
    world.put_account("home.old")
    report = world.sync(declared(lab("new", more="auth_domain: home.old")))
    assert (changes(report), list(held(world))) == ([], ["home.old"])


def test_a_key_is_given_for_each_integration(world: World) -> None:
    ids = {domain: world.put_item(None, domain=domain) for domain in ("oauth_lab", "netatmo")}
    report = world.sync(
        declared(
            "both: {integrations: [oauth_lab, netatmo], client_id: client, client_secret: "
            f"!secret first, auth_domain: {{oauth_lab: {ids['oauth_lab']}}}}}"
        )
    )
    assert actions(report) == {"home.both": "create"}
    assert set(held(world)) == {ids["oauth_lab"], ids["netatmo"], "home.both"}


def test_and_for_each_store_where_ids_differ(world: World, tmp_path: Path) -> None:
    cabin = DirectoryWorld(tmp_path / "cabin")
    here = world.put_item(None)
    _, there = cabin.put_item(None), cabin.put_item(None)
    report = world.sync(
        f"stores:\n  house: {world.address()}\n  cabin: {cabin.address()}\n"
        + declared(lab(more=f"auth_domain: {{oauth_lab: {{house: {here}, cabin: {there}}}}}"))
    )
    plans = [it.plan for it in report.stores if it.plan is not None]
    assert (here, there) == ("oauth_lab_client", "oauth_lab_client_2")
    assert [(it.pending(), it.unchanged, it.unmanaged) for it in plans] == [((), 1, 0), ((), 1, 1)]


def test_an_unused_one_is_replaced_under_its_key(world: World) -> None:
    """By a person's word the key stays; only its item is a new one."""
    item_id = world.put_item(None, secret="canary-second")
    report = world.sync(declared(lab(more=f"auth_domain: {item_id}")))
    assert changes(report) == [("replace", item_id, None)]
    (item,) = world.items()
    assert (item["auth_domain"], item["client_secret"]) == (item_id, "canary-first")


def test_a_kept_key_that_no_item_has_is_made_anew(world: World) -> None:
    report = world.sync(declared(lab(more="auth_domain: oauth_lab_client")))
    assert changes(report) == [("create", "oauth_lab_client", None)]
    assert list(held(world)) == ["oauth_lab_client"]


def test_and_the_account_that_lost_it_works_again(live: LiveWorld) -> None:
    entry = live.put_account("oauth_lab_client", state="setup_error")
    live.sync(declared(lab(more="auth_domain: oauth_lab_client")))
    assert live.home_assistant.entry_state(entry) == "loaded"


def test_to_remove_a_kept_one_its_key_goes_into_absent(world: World) -> None:
    item_id = world.put_item(None)
    absent = f"absent: [{{integration: oauth_lab, auth_domain: {item_id}}}]\n"
    world.put_item("home.keep", client_id="keep")
    report = world.sync(declared(lab("keep", client_id="keep")) + absent)
    assert changes(report) == [("delete", item_id, None)]
    assert list(held(world)) == ["home.keep"]


def test_which_waits_for_its_account_to_go(world: World) -> None:
    item_id = world.put_item(None)
    world.put_account(item_id)
    absent = f"absent: [{{integration: oauth_lab, auth_domain: {item_id}}}]\n"
    report = world.sync(declared(lab("keep", client_id="keep")) + absent)
    blocked = next(it for it in plan(report).changes if it.item is not None)
    assert "remove the account" in reason(blocked)
    assert set(held(world)) == {item_id, "home.keep"}
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_dropped_from_the_manifest_it_is_unmanaged_again(world: World) -> None:
    item_id = world.put_item(None)
    wish = declared(lab("keep", client_id="keep"))
    world.sync(wish + "  " + lab(more=f"auth_domain: {item_id}") + "\n")
    report = world.sync(wish)
    assert (changes(report), plan(report).unmanaged) == ([], 1)
    assert set(held(world)) == {item_id, "home.keep"}


@pytest.mark.parametrize(
    "line", [lab(more="name: New"), lab(secret="second")], ids=["name", "secret"]
)
def test_one_in_use_is_superseded_and_its_account_goes_on(live: LiveWorld, line: str) -> None:
    """Home Assistant keeps the old item for as long as the account holds its id."""
    item_id = live.put_item(None, name="Old")
    entry = live.put_account(item_id)
    wish = declared(line.removesuffix("}") + f", auth_domain: {item_id}}}")
    report = live.sync(wish)
    assert outcomes(report) == {item_id: "applied"}
    (result,) = store(report).results
    assert f"the old item {item_id} stays" in " ".join(result.notes)
    assert exit_code(report) == ExitCode.OK
    assert changes(live.sync(wish)) == [("retained", item_id, "retained")]
    assert live.home_assistant.entry_state(entry) == "loaded"


def test_a_directory_guards_nothing_so_there_it_is_one_item(offline: DirectoryWorld) -> None:
    item_id = offline.put_item(None, name="Old")
    offline.put_account(item_id)
    wish = declared(lab(secret="second", more=f"auth_domain: {item_id}"))
    assert outcomes(offline.sync(wish)) == {item_id: "applied"}
    assert held(offline) == {item_id: [("client", "canary-second")]}
    assert changes(offline.plan(wish)) == []
