"""Plans that are more likely a mistake than a wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import (
    changes,
    declared,
    guards,
    held,
    lab,
    only_change,
    only_guard,
    outcomes,
    plan,
    reason,
)

if TYPE_CHECKING:
    from tests.contract.world import World

KEEP = declared(lab("keep", client_id="keep-me"))


def fill(world: World, count: int) -> None:
    world.put_item("home.keep", client_id="keep-me")
    for number in range(count):
        world.put_item(f"home.c{number}", client_id=f"c{number}")


class TestMaxDeletes:
    def test_five_may_go_in_one_turn(self, world: World) -> None:
        fill(world, 5)
        assert guards(world.sync(KEEP)) == []
        assert list(held(world)) == ["home.keep"]

    def test_six_need_a_word_and_nothing_at_all_is_done(self, world: World) -> None:
        fill(world, 6)
        before = world.items()
        report = world.sync(KEEP + "  " + lab("new", client_id="new") + "\n")
        assert guards(report) == ["max-deletes"]
        assert "--max-deletes 6" in only_guard(report).problem.hint
        assert set(outcomes(report).values()) == {"skipped"}
        assert world.items() == before
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    def test_the_word_on_the_command_line(self, world: World) -> None:
        fill(world, 6)
        assert guards(world.sync(KEEP, max_deletes=6)) == []
        assert list(held(world)) == ["home.keep"]

    def test_the_flag_may_also_be_stricter(self, world: World) -> None:
        fill(world, 1)
        assert guards(world.plan(KEEP, max_deletes=0)) == ["max-deletes"]

    def test_the_policy_s_number(self, world: World) -> None:
        fill(world, 2)
        assert guards(world.plan(KEEP + "policy: {max_deletes: 1}\n")) == ["max-deletes"]
        assert guards(world.plan(KEEP + "policy: {max_deletes: 2}\n")) == []

    def test_what_absent_names_counts(self, world: World) -> None:
        world.put_item("home.keep", client_id="keep-me")
        world.put_item(None)
        absent = "absent: [{integration: oauth_lab, client_id: client}]\n"
        report = world.plan(KEEP + absent + "policy: {max_deletes: 0}\n")
        assert guards(report) == ["max-deletes"]

    def test_creates_and_replaces_never_count(self, world: World) -> None:
        for number in range(6):
            world.put_item(f"home.c{number}", client_id=f"c{number}", secret="canary-second")
        rows = [lab(f"c{number}", client_id=f"c{number}") for number in range(12)]
        report = world.sync(declared(*rows) + "policy: {max_deletes: 0}\n")
        assert guards(report) == []
        assert len(held(world)) == 12


class TestEmpty:
    def test_the_last_of_ours_needs_a_word_whatever_the_number(self, world: World) -> None:
        world.put_item("home.lab")
        report = world.sync("credentials: {}")
        assert guards(report) == ["empty"]
        assert "--allow-empty" in only_guard(report).problem.hint
        assert list(held(world)) == ["home.lab"]
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    def test_with_the_word_all_goes(self, world: World) -> None:
        world.put_item("home.lab")
        world.put_item(None, client_id="by-hand")
        assert guards(world.sync("credentials: {}", allow_empty=True)) == []
        assert list(held(world)) == ["oauth_lab_by_hand"]

    def test_another_credential_in_place_of_the_last_is_not_empty(self, world: World) -> None:
        world.put_item("home.lab")
        assert guards(world.sync(declared(lab("new", client_id="new")))) == []
        assert list(held(world)) == ["home.new"]

    def test_a_store_that_holds_nothing_of_ours_is_no_matter(self, world: World) -> None:
        world.put_item(None)
        assert guards(world.sync("credentials: {}")) == []


class TestInUse:
    def test_a_delete_is_blocked_and_says_all_ways_out(self, world: World) -> None:
        fill(world, 0)
        world.put_item("home.lab")
        world.put_account("home.lab")
        report = world.sync(KEEP)
        assert changes(report) == [("blocked", "home.lab", "in-use")]
        text = reason(only_change(report))
        assert '"Ann"' in text
        assert "auth_domain: {oauth_lab: home.lab}" in text
        assert "--allow-in-use" in text
        assert set(held(world)) == {"home.keep", "home.lab"}
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    def test_a_flag_allows_it(self, world: World) -> None:
        fill(world, 0)
        world.put_item("home.lab")
        world.put_account("home.lab")
        report = world.sync(KEEP, allow_in_use=True)
        assert outcomes(report) == {"home.lab": "applied"}
        assert list(held(world)) == ["home.keep"]

    def test_no_flag_helps_where_home_assistant_itself_refuses(self, world: World) -> None:
        fill(world, 0)
        item_id = world.put_item(None)
        world.put_account(item_id)
        absent = f"absent: [{{integration: oauth_lab, id: {item_id}}}]\n"
        report = world.sync(KEEP + absent, allow_in_use=True)
        assert changes(report) == [("blocked", item_id, "in-use")]
        assert "remove the account in Home Assistant first" in reason(only_change(report))
        assert set(held(world)) == {"home.keep", item_id}


@pytest.mark.parametrize("flag", ["max_deletes", "allow_empty", "accept_new_owner"])
def test_each_guard_has_a_flag_of_its_own(world: World, flag: str) -> None:
    """Three guards at once; a flag lifts one of them and no other."""
    world.put_item("cabin.lab")
    for number in range(6):
        world.put_item(f"home.c{number}", client_id=f"c{number}")
    # Blocked creates leave the store empty of ours all the same.
    wish = declared(lab(secret="nowhere"))
    assert guards(world.plan(wish)) == ["max-deletes", "empty", "other-owner"]
    lifted = {"max_deletes": 6, "allow_empty": True, "accept_new_owner": True}
    names = {
        "max_deletes": "max-deletes",
        "allow_empty": "empty",
        "accept_new_owner": "other-owner",
    }
    left = guards(world.plan(wish, **{flag: lifted[flag]}))
    assert left == [kind for kind in ("max-deletes", "empty", "other-owner") if kind != names[flag]]


def test_a_plan_shows_its_guards_and_ends_as_asked(world: World) -> None:
    fill(world, 6)
    report = world.plan(KEEP)
    assert (guards(report), plan(report).pending() != ()) == (["max-deletes"], True)
    assert exit_code(report) == ExitCode.OK
    assert exit_code(report, detailed=True) == ExitCode.NEEDS_A_PERSON
