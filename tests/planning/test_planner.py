"""Every row of the action table, on values alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import desired, entry, item, offline, snapshot, wanted

if TYPE_CHECKING:
    from appcreds_sync.model.store import ConfigEntry

SEALED = Problem("vault-sealed", "Vault is sealed", "unseal it")


def rows(plan: Plan) -> list[tuple[Action, str, str | None]]:
    return [
        (change.action, str(change.identity), change.item.id if change.item else None)
        for change in plan.changes
    ]


def only(plan: Plan) -> Change:
    assert len(plan.changes) == 1, plan.changes
    return plan.changes[0]


def code(change: Change) -> str | None:
    return change.reason.code if change.reason else None


def test_nothing_declared_and_nothing_there_is_an_empty_plan() -> None:
    assert make_plan(desired(), snapshot()) == Plan("house", (), (), 0, 0)


def test_what_is_as_declared_is_left_alone() -> None:
    plan = make_plan(desired(wanted()), snapshot(item("a")))
    assert (plan.changes, plan.unchanged) == ((), 1)


def test_create_where_no_item_has_the_identity() -> None:
    change = only(make_plan(desired(wanted()), snapshot()))
    assert (change.action, change.credential, change.client_id) == (
        Action.CREATE,
        "spotify",
        "client",
    )
    assert change.reason is None


def test_white_space_that_ha_strips_is_no_difference() -> None:
    plan = make_plan(desired(wanted()), snapshot(item("a", client_id=" client ")))
    assert plan.changes == ()


@pytest.mark.parametrize(
    ("field", "there"),
    [
        ("client_id", item("a", client_id="other")),
        ("client_secret", item("a", secret="other")),
        ("name", item("a", name="other")),
    ],
)
def test_replace_says_what_differs(field: str, there: object) -> None:
    assert isinstance(there, type(item("a")))
    change = only(make_plan(desired(wanted(name="spotify")), snapshot(there)))
    assert (change.action, change.differs) == (Action.REPLACE, (field,))
    assert change.item is not None
    assert change.item.id == "a"


def test_a_name_that_nobody_declared_is_not_compared() -> None:
    assert make_plan(desired(wanted()), snapshot(item("a", name="Changed by hand"))).changes == ()


def test_the_last_item_of_an_identity_is_the_one_that_is_compared() -> None:
    store = snapshot(item("a", secret="old"), item("a_2"))
    plan = make_plan(desired(wanted()), store)
    assert rows(plan) == [(Action.DELETE, "spotify/home.spotify", "a")]
    assert plan.unchanged == 1


def test_a_replace_takes_the_losers_along() -> None:
    store = snapshot(item("a", secret="older"), item("a_2", secret="old"))
    assert rows(make_plan(desired(wanted()), store)) == [
        (Action.REPLACE, "spotify/home.spotify", "a_2"),
        (Action.DELETE, "spotify/home.spotify", "a"),
    ]


def test_a_secret_is_replaced_under_a_linked_account() -> None:
    store = snapshot(item("a", secret="old"), entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted()), store))
    assert (change.action, change.rotates, change.relinks) == (Action.REPLACE, True, False)
    assert [used.title for used in change.used_by] == ["Ann"]


def test_a_client_id_under_a_linked_account_asks_to_link_again() -> None:
    store = snapshot(item("a", client_id="old"), entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted()), store))
    assert (change.action, change.intended) == (Action.BLOCKED, Action.REPLACE)
    assert code(change) == "relink"
    allowed = only(make_plan(desired(wanted()), store, PlanOptions(allow_relink=True)))
    assert (allowed.action, allowed.relinks) == (Action.REPLACE, True)


def test_a_replace_that_was_cut_off_is_taken_up_again() -> None:
    store = snapshot(item("a", secret="old"), item("a_2"), entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted()), store))
    assert (change.action, change.resumes, change.relinks) == (Action.REPLACE, True, False)
    assert change.rotates
    assert change.item is not None
    assert change.item.id == "a"


def test_a_relink_that_was_cut_off_is_still_a_relink() -> None:
    store = snapshot(item("a", client_id="old"), item("b"), entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted()), store))
    assert (change.resumes, change.relinks) == (True, True)


def test_the_same_item_twice_in_use_is_no_unfinished_replace() -> None:
    """Two of us at once: the earlier one simply goes."""
    store = snapshot(item("a"), item("a_2"), entries=(entry("home.spotify"),))
    assert rows(make_plan(desired(wanted()), store)) == [
        (Action.DELETE, "spotify/home.spotify", "a")
    ]


@pytest.mark.parametrize(
    "account", [entry("page"), entry(None, state="not_loaded")], ids=["tells", "can't tell"]
)
def test_a_superseded_item_that_ha_guards_is_no_unfinished_replace(account: ConfigEntry) -> None:
    store = snapshot(item("page", None, secret="old"), item("page_2", "page"), entries=(account,))
    change = only(make_plan(desired(wanted(key="page")), store))
    assert change.action is Action.RETAINED


def test_a_name_is_replaced_under_a_linked_account() -> None:
    store = snapshot(item("a", name="old"), entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted(name="new")), store))
    assert (change.action, change.differs) == (Action.REPLACE, ("name",))


def test_deletes_come_last_and_rows_are_ordered_by_identity() -> None:
    store = snapshot(
        item("z", "home.gone", client_id="gone"), item("n", "home.b", domain="netatmo", secret="x")
    )
    plan = make_plan(
        desired(
            wanted("spotify"),
            wanted("b", "netatmo"),
            wanted("a", "netatmo"),
        ),
        store,
    )
    assert rows(plan) == [
        (Action.CREATE, "netatmo/home.a", None),
        (Action.REPLACE, "netatmo/home.b", "n"),
        (Action.CREATE, "spotify/home.spotify", None),
        (Action.DELETE, "spotify/home.gone", "z"),
    ]


def test_the_plan_does_not_depend_on_the_order_of_the_manifest() -> None:
    one, two = wanted("a", client_id="1"), wanted("b", client_id="2")
    assert make_plan(desired(one, two), snapshot()) == make_plan(desired(two, one), snapshot())


@pytest.mark.parametrize(
    "there", [snapshot(), snapshot(item("a")), snapshot(item("a", secret="x"))]
)
def test_a_value_that_could_not_be_read_blocks_and_touches_nothing(there: object) -> None:
    assert isinstance(there, type(snapshot()))
    change = only(make_plan(desired(wanted(secret=SEALED)), there))
    assert (change.action, change.reason) == (Action.BLOCKED, SEALED)


def test_a_client_id_that_could_not_be_read_blocks_as_well() -> None:
    assert only(make_plan(desired(wanted(client_id=SEALED)), snapshot())).reason == SEALED


def test_what_may_be_its_older_name_stays_while_the_client_id_can_not_be_read() -> None:
    store = snapshot(item("a", "home.older"), item("b", "home.other", domain="netatmo"))
    plan = make_plan(desired(wanted(client_id=SEALED)), store)
    assert rows(plan) == [
        (Action.BLOCKED, "spotify/home.older", "a"),
        (Action.BLOCKED, "spotify/home.spotify", None),
        (Action.DELETE, "netatmo/home.other", "b"),
    ]


def test_losers_stay_while_the_value_can_not_be_read() -> None:
    store = snapshot(item("a", secret="old"), item("a_2"))
    assert [row[0] for row in rows(make_plan(desired(wanted(secret=SEALED)), store))] == [
        Action.BLOCKED
    ]


def test_what_was_not_read_is_never_a_change() -> None:
    plan = make_plan(
        desired(wanted(client_id=NotRead(), secret=NotRead())), snapshot(item("a", secret="x"))
    )
    assert plan.changes == ()
    assert plan.not_compared == (Identity("spotify", "home.spotify"),)
    assert plan.unchanged == 0


def test_without_secrets_a_client_id_still_shows() -> None:
    plan = make_plan(desired(wanted(secret=NotRead())), snapshot(item("a", client_id="old")))
    assert only(plan).differs == ("client_id",)


def test_an_integration_that_this_ha_lacks_blocks_and_guesses() -> None:
    change = only(make_plan(desired(wanted(integration="spottify")), snapshot()))
    assert code(change) == "integration-unknown"
    assert change.reason is not None
    assert "did you mean spotify?" in change.reason.hint


def test_a_name_that_the_catalogue_has_is_no_slip() -> None:
    store = replace(snapshot(), integrations=frozenset({"spotifyd"}))
    change = only(make_plan(desired(wanted()), store))
    assert change.reason is not None
    assert "did you mean" not in change.reason.hint


def test_or_is_skipped_where_the_manifest_says_so() -> None:
    plan = make_plan(desired(wanted(integration="fitbit", if_unsupported="skip")), snapshot())
    assert plan.changes == ()
    assert plan.skipped == (Identity("fitbit", "home.spotify"),)


def test_an_item_that_is_there_and_differs_is_skipped_likewise() -> None:
    store = snapshot(item("a", "home.fitbit", domain="fitbit", secret="old"))
    blocked = make_plan(desired(wanted("fitbit", "fitbit")), store)
    assert code(only(blocked)) == "integration-unknown"
    plan = make_plan(desired(wanted("fitbit", "fitbit", if_unsupported="skip")), store)
    assert (plan.changes, plan.skipped) == ((), (Identity("fitbit", "home.fitbit"),))


def test_offline_every_integration_is_taken_at_its_word() -> None:
    change = only(make_plan(desired(wanted(integration="fitbit")), offline(snapshot())))
    assert change.action is Action.CREATE


def test_a_loser_that_ha_guards_by_its_id_is_retained() -> None:
    store = snapshot(
        item("page", None, name="Made in the page"),
        item("page_2", "page"),
        entries=(entry("page"),),
    )
    change = only(make_plan(desired(wanted(key="page")), store))
    assert (change.action, change.item and change.item.id) == (Action.RETAINED, "page")


def test_it_goes_once_the_account_is_gone() -> None:
    store = snapshot(item("page", None), item("page_2", "page"))
    assert rows(make_plan(desired(wanted(key="page")), store)) == [
        (Action.DELETE, "spotify/page", "page")
    ]


class TestSingleImplementation:
    def test_a_later_unmanaged_item_shadows_ours(self) -> None:
        store = snapshot(
            item("ours", "home.withings", domain="withings"),
            item("rival", None, domain="withings", client_id="other"),
        )
        change = only(make_plan(desired(wanted("withings", "withings")), store))
        assert (change.action, change.item and change.item.id) == (Action.SHADOWED, "rival")

    def test_an_earlier_unmanaged_item_is_left_alone(self) -> None:
        store = snapshot(
            item("rival", None, domain="withings", client_id="other"),
            item("ours", "home.withings", domain="withings"),
        )
        plan = make_plan(desired(wanted("withings", "withings")), store)
        assert (plan.changes, plan.unmanaged) == ((), 1)

    def test_ours_is_not_put_over_an_unmanaged_one_that_is_used(self) -> None:
        store = snapshot(
            item("rival", None, domain="withings", client_id="other"),
            entries=(entry(None, domain="withings"),),
        )
        plan = desired(wanted("withings", "withings"))
        assert code(only(make_plan(plan, store))) == "in-use-by-another"
        allowed = make_plan(plan, store, PlanOptions(create_anyway=True))
        assert only(allowed).action is Action.CREATE

    def test_any_entry_of_the_domain_uses_it(self) -> None:
        store = snapshot(
            item("ours", "home.withings", domain="withings", secret="old"),
            entries=(entry(None, domain="withings"),),
        )
        change = only(make_plan(desired(wanted("withings", "withings")), store))
        assert change.rotates

    def test_an_older_name_of_ours_is_a_loser(self) -> None:
        store = snapshot(
            item("old", "home.old", domain="withings"),
            item("ours", "home.withings", domain="withings"),
        )
        assert rows(make_plan(desired(wanted("withings", "withings")), store)) == [
            (Action.DELETE, "withings", "old")
        ]


@pytest.mark.parametrize("winner", ["theirs", "secret-1"])
def test_no_loser_goes_before_the_accounts_are_seen_to_work(winner: str) -> None:
    """Of several left by killed turns, an earlier one may be the last that worked."""
    store = snapshot(
        item("good", secret="old"),
        item("bad", secret="bad"),
        item("newest", secret=winner),
        entries=(entry("home.spotify"),),
    )
    change = only(make_plan(desired(wanted()), store))
    assert change.action is Action.REPLACE
    assert change.item is not None
    assert change.item.id == ("bad" if winner == "secret-1" else "newest")


def test_nor_does_one_that_differs_go_with_a_new_name() -> None:
    """A replace was cut off, and then only the name was changed."""
    cut_off = (item("good", secret="old"), item("newest", name="Old name"))
    store = snapshot(*cut_off, entries=(entry("home.spotify"),))
    change = only(make_plan(desired(wanted(name="New name")), store))
    assert (change.action, change.differs) == (Action.REPLACE, ("name",))
    assert change.item is not None
    assert change.item.id == "newest"
    twins = snapshot(item("twin"), item("newest", name="Old name"), entries=store.entries)
    assert len(make_plan(desired(wanted(name="New name")), twins).changes) == 2
