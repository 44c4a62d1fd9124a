from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from appcreds_sync.model.plan import Action, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch.refusals import Refusals
from tests.watch.reports import REPLACE, desired

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
PLAN = Plan("house", (REPLACE,), (), 0, 0)
REFUSED = StoreReport("house", PLAN, (ChangeResult(REPLACE, Outcome.REFUSED),))


@pytest.fixture
def refusals() -> Refusals:
    """One that knows that `wrong` was refused."""
    made = Refusals()
    made.remember(REFUSED, desired("wrong"), NOW)
    return made


def test_a_refused_secret_is_blocked_and_says_since_when(refusals: Refusals) -> None:
    (change,) = refusals.blocked(PLAN, desired("wrong")).changes

    assert (change.action, change.intended) == (Action.BLOCKED, Action.REPLACE)
    assert change.reason is not None
    assert "2027-01-01 12:00 UTC" in change.reason.what
    assert "wrong" not in str(change.reason)


def test_another_value_goes_on(refusals: Refusals) -> None:
    assert refusals.blocked(PLAN, desired("right")) == PLAN


def test_a_replace_that_no_account_notices_goes_on(refusals: Refusals) -> None:
    unused = replace(PLAN, changes=(replace(REPLACE, used_by=()),))

    assert refusals.blocked(unused, desired("wrong")) == unused


def test_it_can_be_forgotten(refusals: Refusals) -> None:
    refusals.forget()

    assert refusals.blocked(PLAN, desired("wrong")) == PLAN


def test_what_is_declared_no_more_is_not_kept(refusals: Refusals) -> None:
    nothing = replace(desired("wrong"), credentials=())
    refusals.remember(StoreReport("house"), nothing, NOW)

    assert refusals.blocked(PLAN, desired("wrong")) == PLAN


def test_one_that_was_refused_when_the_store_was_read_again_is_blocked_too() -> None:
    resumed = replace(REPLACE, differs=())
    again = Refusals()
    again.remember(
        StoreReport("house", PLAN, doubles=(ChangeResult(resumed, Outcome.REFUSED),)),
        desired("wrong"),
        NOW,
    )

    (change,) = again.blocked(PLAN, desired("wrong")).changes
    assert change.action is Action.BLOCKED
