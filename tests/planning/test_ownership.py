"""Every sentence of "Ownership": what is ours, what is in use, what waits for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import Policy
from appcreds_sync.model.plan import Action, Change, GuardKind, Plan
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import absent, desired, entry, item, snapshot, wanted

KEEP = wanted("keep", "netatmo", client_id="keep")
KEPT = item("keep", "home.keep", domain="netatmo", client_id="keep")


def actions(plan: Plan) -> dict[str, Action]:
    """By item id, or by credential where there is no item."""
    return {
        change.item.id if change.item else str(change.credential): change.action
        for change in plan.changes
    }


def the(plan: Plan, name: str) -> Change:
    found = [
        change
        for change in plan.changes
        if name in {change.credential, change.item and change.item.id}
    ]
    assert len(found) == 1, plan.changes
    return found[0]


def hint(change: Change) -> str:
    assert change.reason is not None
    return change.reason.hint


def test_an_undeclared_item_of_ours_is_pruned() -> None:
    plan = make_plan(desired(KEEP), snapshot(KEPT, item("a")))
    assert actions(plan) == {"a": Action.DELETE}


def test_unless_the_policy_says_never() -> None:
    plan = make_plan(desired(KEEP, policy=Policy(prune="never")), snapshot(KEPT, item("a")))
    assert plan.changes == ()


@pytest.mark.parametrize(
    "auth_domain", [None, "elsewhere.spotify", "spotify", "spotify_client", "home"]
)
def test_an_unmanaged_item_is_never_touched(auth_domain: str | None) -> None:
    plan = make_plan(desired(KEEP), snapshot(KEPT, item("a", auth_domain)))
    assert (plan.changes, plan.unmanaged) == ((), 1)


def test_a_former_owner_is_ours() -> None:
    plan = make_plan(
        desired(KEEP, former_owners=("old-home",)), snapshot(KEPT, item("a", "old-home.spotify"))
    )
    assert actions(plan) == {"a": Action.DELETE}


def test_what_ha_made_itself_is_never_ours() -> None:
    built_in = item("o", "overkiz", domain="overkiz", client_id="ha")
    plan = make_plan(
        desired(
            KEEP,
            absent=(
                absent("overkiz", "client_id", "ha"),
                absent("overkiz", "auth_domain", "overkiz"),
            ),
        ),
        snapshot(KEPT, built_in),
    )
    assert plan.changes == ()
    by_id = desired(KEEP, absent=(absent("overkiz", "id", "o"),))
    assert actions(make_plan(by_id, snapshot(KEPT, built_in))) == {"o": Action.DELETE}


class TestInUse:
    def test_a_delete_is_blocked_and_says_how_to_keep_it(self) -> None:
        store = snapshot(KEPT, item("a"), entries=(entry("home.spotify"),))
        change = the(make_plan(desired(KEEP), store), "a")
        assert (change.action, change.intended) == (Action.BLOCKED, Action.DELETE)
        assert "auth_domain: {spotify: home.spotify}" in hint(change)
        assert "--allow-in-use" in hint(change)

    def test_a_flag_allows_it(self) -> None:
        store = snapshot(KEPT, item("a"), entries=(entry("home.spotify"),))
        plan = make_plan(desired(KEEP), store, PlanOptions(allow_in_use=True))
        assert actions(plan) == {"a": Action.DELETE}

    def test_no_flag_helps_where_ha_itself_refuses(self) -> None:
        store = snapshot(KEPT, item("page", None), entries=(entry("page"),))
        wish = desired(KEEP, absent=(absent("spotify", "id", "page"),))
        change = the(make_plan(wish, store, PlanOptions(allow_in_use=True)), "page")
        assert change.action is Action.BLOCKED
        assert "remove the account" in hint(change)

    @pytest.mark.parametrize("state", ["not_loaded", "setup_error", "setup_retry"])
    def test_an_entry_that_can_not_tell_uses_every_identity_of_its_domain(self, state: str) -> None:
        store = snapshot(KEPT, item("a"), entries=(entry(None, state=state),))
        change = the(make_plan(desired(KEEP), store), "a")
        assert change.action is Action.BLOCKED
        assert change.reason is not None
        assert "not running" in change.reason.what

    def test_one_that_runs_and_uses_what_came_just_now_may_use_any(self) -> None:
        account = replace(entry(None), tells=False)
        change = the(make_plan(desired(KEEP), snapshot(KEPT, item("a"), entries=(account,))), "a")
        assert change.action is Action.BLOCKED
        assert change.reason is not None
        assert "made only just now" in change.reason.what

    def test_a_loaded_entry_that_names_no_item_uses_none(self) -> None:
        """Linked through Home Assistant Cloud."""
        store = snapshot(KEPT, item("a"), entries=(entry(None),))
        assert actions(make_plan(desired(KEEP), store)) == {"a": Action.DELETE}

    def test_a_twin_of_the_item_in_use_can_go(self) -> None:
        store = snapshot(KEPT, item("a"), item("a_2"), entries=(entry("home.spotify"),))
        assert actions(make_plan(desired(KEEP), store)) == {
            "a": Action.DELETE,
            "a_2": Action.BLOCKED,
        }

    def test_an_older_one_with_another_secret_may_be_the_last_that_worked(self) -> None:
        store = snapshot(
            KEPT, item("a", secret="old"), item("a_2"), entries=(entry("home.spotify"),)
        )
        plan = make_plan(desired(KEEP), store)
        assert actions(plan) == {"a": Action.BLOCKED, "a_2": Action.BLOCKED}
        assert "declare the credential again" in hint(the(plan, "a"))
        allowed = make_plan(desired(KEEP), store, PlanOptions(allow_in_use=True))
        assert actions(allowed) == {"a": Action.DELETE, "a_2": Action.DELETE}


class TestFirstContact:
    def test_an_unmanaged_item_in_use_blocks_with_the_line_to_paste(self) -> None:
        store = snapshot(item("page", None), entries=(entry("page"),))
        change = the(make_plan(desired(wanted()), store), "spotify")
        assert (change.action, change.intended) == (Action.BLOCKED, Action.CREATE)
        assert "auth_domain: {spotify: page}" in hint(change)

    def test_that_line_makes_the_plan_empty(self) -> None:
        store = snapshot(item("page", None), entries=(entry("page"),))
        assert make_plan(desired(wanted(key="page")), store).changes == ()

    def test_create_anyway(self) -> None:
        store = snapshot(item("page", None), entries=(entry("page"),))
        plan = make_plan(desired(wanted()), store, PlanOptions(create_anyway=True))
        assert actions(plan) == {"spotify": Action.CREATE}

    def test_an_unused_one_is_passed_with_the_absent_line(self) -> None:
        plan = make_plan(desired(wanted()), snapshot(item("page", None)))
        change = the(plan, "spotify")
        assert change.action is Action.CREATE
        assert "{integration: spotify, id: page}" in hint(change)
        assert [ref.id for ref in plan.unmanaged_same_client] == ["page"]


class TestRenamed:
    def test_both_are_blocked_while_an_account_uses_the_old_name(self) -> None:
        store = snapshot(item("a", "home.old"), entries=(entry("home.old"),))
        plan = make_plan(desired(wanted("new")), store)
        assert actions(plan) == {"new": Action.BLOCKED, "a": Action.BLOCKED}
        assert "auth_domain: {spotify: home.old}" in hint(the(plan, "new"))

    def test_even_in_use_allowed_does_not_delete_the_old_one_of_a_blocked_create(self) -> None:
        store = snapshot(item("a", "home.old"), entries=(entry("home.old"),))
        plan = make_plan(desired(wanted("new")), store, PlanOptions(allow_in_use=True))
        assert actions(plan) == {"new": Action.BLOCKED, "a": Action.BLOCKED}

    def test_unused_it_is_created_under_the_new_name_and_the_old_goes(self) -> None:
        plan = make_plan(desired(wanted("new")), snapshot(item("a", "home.old")))
        assert actions(plan) == {"new": Action.CREATE, "a": Action.DELETE}
        assert plan.guards == ()

    def test_the_old_stays_while_the_new_can_not_be_made(self) -> None:
        sealed = Problem("vault-sealed", "Vault is sealed", "unseal it")
        plan = make_plan(desired(wanted("new", secret=sealed)), snapshot(item("a", "home.old")))
        assert actions(plan) == {"new": Action.BLOCKED, "a": Action.BLOCKED}


class TestAbsent:
    @pytest.mark.parametrize(
        ("match", "value"), [("id", "page"), ("client_id", "client"), ("auth_domain", "page")]
    )
    def test_it_names_what_must_go_whoever_made_it(
        self, match: Literal["id", "auth_domain", "client_id"], value: str
    ) -> None:
        wish = desired(KEEP, absent=(absent("spotify", match, value),))
        plan = make_plan(wish, snapshot(KEPT, item("page", None)))
        assert actions(plan) == {"page": Action.DELETE}

    def test_by_client_id_it_skips_what_is_declared(self) -> None:
        wish = desired(wanted(), absent=(absent("spotify", "client_id", "client"),))
        plan = make_plan(wish, snapshot(item("a"), item("page", None)))
        assert actions(plan) == {"page": Action.DELETE}

    def test_an_item_that_does_not_count_either_goes_once(self) -> None:
        mine = wanted("withings", "withings")
        wish = desired(mine, absent=(absent("withings", "id", "older"),))
        older = item("older", "home.older", domain="withings")
        store = snapshot(older, item("w", "home.withings", domain="withings"))
        assert [change.item and change.item.id for change in make_plan(wish, store).changes] == [
            "older"
        ]

    def test_what_counted_before_it_goes_leaves_the_declared_one_to_count(self) -> None:
        mine = wanted("withings", "withings")
        store = snapshot(
            item("w", "home.withings", domain="withings"),
            item("later", "home.later", domain="withings"),
        )
        plan = make_plan(desired(mine, absent=(absent("withings", "id", "later"),)), store)
        assert actions(plan) == {"later": Action.DELETE}
        assert plan.unchanged == 1

    def test_it_never_matches_another_integration(self) -> None:
        wish = desired(KEEP, absent=(absent("google", "client_id", "client"),))
        assert make_plan(wish, snapshot(KEPT, item("page", None))).changes == ()


class TestGuards:
    def kinds(self, plan: Plan) -> list[GuardKind]:
        return [guard.kind for guard in plan.guards]

    def test_five_deletes_pass_and_six_need_a_word(self) -> None:
        items = [item(f"i{n}", f"home.c{n}", client_id=f"c{n}") for n in range(6)]
        assert self.kinds(make_plan(desired(KEEP), snapshot(KEPT, *items[:5]))) == []
        plan = make_plan(desired(KEEP), snapshot(KEPT, *items))
        assert self.kinds(plan) == [GuardKind.MAX_DELETES]
        assert "--max-deletes 6" in plan.guards[0].problem.hint
        lifted = make_plan(desired(KEEP), snapshot(KEPT, *items), PlanOptions(max_deletes=6))
        assert self.kinds(lifted) == []

    def test_losers_and_replaces_do_not_count(self) -> None:
        credentials = [wanted(f"c{n}", client_id=f"c{n}", secret="new") for n in range(8)]
        items = [
            item(f"i{n}{suffix}", f"home.c{n}", client_id=f"c{n}")
            for suffix in ("", "_2")
            for n in range(8)
        ]
        assert self.kinds(make_plan(desired(*credentials), snapshot(*items))) == []

    def test_the_last_of_ours_needs_a_word_whatever_the_count(self) -> None:
        plan = make_plan(desired(), snapshot(item("a")))
        assert self.kinds(plan) == [GuardKind.EMPTY]
        assert (
            self.kinds(make_plan(desired(), snapshot(item("a")), PlanOptions(allow_empty=True)))
            == []
        )

    def test_another_owner_of_the_same_credentials(self) -> None:
        store = snapshot(item("a", "cabin.spotify"))
        plan = make_plan(desired(wanted()), store)
        assert self.kinds(plan) == [GuardKind.OTHER_OWNER]
        assert "former_owners: [cabin]" in plan.guards[0].problem.hint
        accepted = make_plan(desired(wanted()), store, PlanOptions(accept_new_owner=True))
        assert self.kinds(accepted) == []
        assert actions(accepted) == {"spotify": Action.CREATE}

    def test_a_former_owner_is_no_other_owner(self) -> None:
        plan = make_plan(
            desired(wanted(), former_owners=("cabin",)), snapshot(item("a", "cabin.spotify"))
        )
        assert self.kinds(plan) == []


def test_an_item_of_another_owner_in_use_is_not_offered_for_take_over() -> None:
    store = snapshot(item("a", "cabin.music"), entries=(entry("cabin.music"),))
    change = the(make_plan(desired(wanted()), store), "spotify")
    assert change.action is Action.BLOCKED
    assert "auth_domain" not in hint(change)
    assert "former_owners: [cabin]" in hint(change)
