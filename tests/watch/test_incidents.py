from __future__ import annotations

import datetime as dt

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change, Guard, GuardKind, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch.incidents import (
    Incident,
    Source,
    became_empty,
    drift_in,
    emptied,
    found_in_plan,
    found_in_store,
    updated,
)
from tests.watch.reports import IDENTITY, REPLACE

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
TOMORROW = NOW + dt.timedelta(days=1)
SEALED = Problem("vault-sealed", "Vault is sealed", "unseal it")
LOST = Problem("store-emptied", "every credential was gone at once", "look for it")
CREATE = Change(Action.CREATE, IDENTITY, "google")


def test_one_that_stays_keeps_its_beginning_and_one_that_is_over_goes() -> None:
    first = updated({}, {Source.PLAN: [("a", SEALED), ("b", SEALED)]}, None, NOW)
    second = updated(first, {Source.PLAN: [("b", SEALED)]}, None, LATER)

    assert second == {"b": Incident("b", SEALED, NOW)}


def test_where_nobody_could_look_what_stood_stands_after_what_was_found() -> None:
    lost = Problem("store-lost", "no answer", "")
    seen = {Source.STORE: [("store-timeout", lost)], Source.PLAN: [("a", SEALED)]}
    before = updated({}, seen, None, NOW)

    away = updated(before, {Source.STORE: [("store-lost", lost)], Source.PLAN: None}, None, LATER)
    assert list(away) == ["store-lost", "a"]
    assert away["a"].since == NOW

    back = updated(away, {Source.STORE: (), Source.PLAN: [("a", SEALED)]}, None, LATER)
    assert back == {"a": Incident("a", SEALED, NOW)}


def test_one_that_has_passed_is_shown_for_a_while() -> None:
    passing = Incident("emptied", SEALED, NOW, until=LATER)
    shown = updated({}, {}, passing, NOW)

    assert updated(shown, {}, None, NOW) == {"emptied": passing}
    assert updated(shown, {}, None, LATER) == {}


def test_a_store_that_could_not_be_read_has_nothing_to_say_of_what_it_holds() -> None:
    report = StoreReport("house", problems=(SEALED, SEALED))

    assert found_in_plan(report) is None
    assert dict(found_in_store(report)) == {"vault-sealed": SEALED, "vault-sealed:2": SEALED}


def test_what_failed_comes_before_what_waits_for_a_person() -> None:
    guard = Guard(GuardKind.EMPTY, Problem("guard-empty", "all would go", ""))
    plan = Plan("house", (REPLACE,), (guard,), 0, 0)
    failed = ChangeResult(REPLACE, Outcome.FAILED, SEALED)
    found = found_in_plan(StoreReport("house", plan, (failed,), applied=True, converged=False))

    assert found is not None
    assert [key for key, _ in found] == ["vault-sealed:google/home.google", "guard:empty"]


def test_what_was_made_and_is_due_again_is_an_incident_unless_something_failed() -> None:
    plan = Plan("house", (CREATE,), (), 0, 0)
    made, failed = (
        StoreReport("house", plan, (ChangeResult(CREATE, outcome),), applied=True, converged=False)
        for outcome in (Outcome.APPLIED, Outcome.FAILED)
    )

    ((key, problem),) = found_in_plan(made) or ()
    assert (key, problem.code) == ("not-converged", "not-converged")
    assert found_in_plan(failed) == ()


def test_drift_is_counted_in_good_english() -> None:
    one, two = (
        drift_in(StoreReport("house", Plan("house", (CREATE,) * count, (), 0, 0)))
        for count in (1, 2)
    )

    assert one is not None
    assert one.what.startswith("1 credential differs from")
    assert two is not None
    assert two.what.startswith("2 credentials differ from")


def test_a_store_became_empty_only_if_it_held_more_than_a_person_deletes_at_once() -> None:
    assert became_empty(2, 0) is not None
    assert became_empty(1, 0) is None
    assert became_empty(2, 1) is None
    assert became_empty(0, 0) is None
    assert became_empty(None, 0) is None
    assert became_empty(2, None) is None


def test_losing_everything_again_is_an_incident_of_its_own_that_takes_the_place_of_the_first() -> (
    None
):
    first = updated({}, {}, emptied(LOST, {}, NOW), NOW)
    second = updated(first, {}, emptied(LOST, first, LATER), LATER)

    assert first.keys().isdisjoint(second)
    assert [incident.since for incident in second.values()] == [LATER]


def test_a_store_that_is_emptied_over_and_over_is_one_incident() -> None:
    soon = NOW + dt.timedelta(minutes=1)
    first = updated({}, {}, emptied(LOST, {}, NOW), NOW)
    second = updated(first, {}, emptied(LOST, first, soon), soon)

    assert second.keys() == first.keys()
    assert updated(second, {}, None, TOMORROW).keys() == first.keys()
