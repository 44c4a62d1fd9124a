"""`withings` registers under its own name whatever the key: only its last item counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import changes, declared, held, lab, only_change, plan, reason, store

if TYPE_CHECKING:
    from tests.contract.world import World

WITHINGS = lab("withings", integration="withings")
KEEP = lab("keep", client_id="keep-me")


def put(world: World, key: str | None, *, client_id: str = "client", secret: str = "first") -> str:  # noqa: S107 - not one
    return world.put_item(key, domain="withings", client_id=client_id, secret=f"canary-{secret}")


def test_it_is_created_under_our_key_and_found_again(world: World) -> None:
    report = world.sync(declared(WITHINGS))
    assert changes(report) == [("create", "withings", None)]
    assert store(report).converged is True
    assert held(world) == {"home.withings": [("client", "canary-first")]}
    assert changes(world.sync(declared(WITHINGS))) == []


def test_an_unmanaged_item_that_comes_later_shadows_ours(world: World) -> None:
    put(world, "home.withings")
    rival = put(world, None, client_id="rival")
    before = world.items()
    report = world.sync(declared(WITHINGS))
    assert changes(report) == [("shadowed", "withings", "shadowed")]
    assert f"{{integration: withings, id: {rival}}}" in reason(only_change(report))
    assert world.items() == before
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_the_line_for_absent_brings_ours_to_light(world: World) -> None:
    put(world, "home.withings")
    rival = put(world, None, client_id="rival")
    absent = f"absent: [{{integration: withings, id: {rival}}}]\n"
    world.sync(declared(WITHINGS) + absent)
    assert held(world) == {"home.withings": [("client", "canary-first")]}
    assert changes(world.sync(declared(WITHINGS) + absent)) == []


def test_the_line_to_keep_the_other_one_makes_it_ours(world: World) -> None:
    put(world, "home.withings")
    rival = put(world, None, client_id="rival")
    assert f"auth_domain: {{withings: {rival}}}" in reason(
        only_change(world.plan(declared(WITHINGS)))
    )
    kept = f"client_id: rival, client_secret: !secret first, auth_domain: {{withings: {rival}}}"
    world.sync(declared(f"withings: {{{kept}}}"))
    assert held(world) == {rival: [("rival", "canary-first")]}


def test_an_unmanaged_item_that_came_before_is_no_matter(world: World) -> None:
    put(world, None, client_id="rival")
    put(world, "home.withings")
    report = world.sync(declared(WITHINGS))
    assert (changes(report), plan(report).unmanaged) == ([], 1)


def test_another_name_of_ours_that_came_later_is_what_is_compared(world: World) -> None:
    put(world, "home.withings")
    put(world, "home.older-name", secret="second")
    report = world.sync(declared(WITHINGS))
    assert [action for action, _, _ in changes(report)] == ["replace", "delete"]
    assert held(world) == {"home.withings": [("client", "canary-first")]}


@pytest.mark.parametrize("key", ["withings", "home.older-name"])
def test_any_account_of_it_uses_the_one_credential(world: World, key: str) -> None:
    world.put_item("home.keep", client_id="keep-me")
    put(world, "home.withings")
    world.put_account(key, domain="withings", state="disabled")
    report = world.sync(declared(KEEP))
    assert changes(report) == [("blocked", "withings", "in-use")]
    assert '"Ann"' in reason(only_change(report))


def test_under_an_account_nothing_takes_the_place_of_an_unmanaged_item(world: World) -> None:
    put(world, None, client_id="rival")
    world.put_account("withings", domain="withings", state="disabled")
    report = world.sync(declared(WITHINGS))
    change = only_change(report)
    assert (change.action, change.intended) == (Action.BLOCKED, Action.CREATE)
    assert len(world.items()) == 1


def test_kept_under_its_own_name_it_is_found_by_its_account(world: World) -> None:
    item_id = put(world, "withings")
    world.put_account("withings", domain="withings", state="disabled")
    wish = declared(lab("withings", integration="withings", more="auth_domain: withings"))
    report = world.sync(wish)
    assert (changes(report), plan(report).unchanged) == ([], 1)
    assert [item["id"] for item in world.items()] == [item_id]


def test_two_credentials_of_it_in_one_store_are_refused(world: World) -> None:
    with pytest.raises(ManifestError, match="withings"):
        world.plan(declared(WITHINGS, lab("second", integration="withings", client_id="other")))
