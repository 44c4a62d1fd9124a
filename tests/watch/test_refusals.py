from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from appcreds_sync.model.declaration import Declaration
from appcreds_sync.model.desired import Desired, DesiredCredential, Resolved
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.manifest import Policy
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.plan import Action, Change, EntryRef, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.model.secret import Secret
from appcreds_sync.watch.refusals import Refusals

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
IDENTITY = Identity("google", "home.google")
CHANGE = Change(
    Action.REPLACE,
    IDENTITY,
    "google",
    differs=("client_secret",),
    used_by=(EntryRef("e1", "Ann", "loaded"),),
)
PLAN = Plan("house", (CHANGE,), (), 0, 0)
REFUSED = StoreReport("house", PLAN, (ChangeResult(CHANGE, Outcome.REFUSED),))


def _desired(secret: str) -> Desired:
    declaration = Declaration(
        "google",
        IDENTITY,
        "home.google",
        client_id="client",
        client_secret=None,
        display_name="google",
        compares_name=False,
        if_unsupported="block",
        expires=None,
        mark=Mark("m.yaml", 1, 1),
    )
    row = DesiredCredential(declaration, "client", Resolved(Secret(secret)))
    return Desired("house", "home", (), (row,), (), Policy(), {})


@pytest.fixture
def refusals() -> Refusals:
    """One that knows that `wrong` was refused."""
    made = Refusals()
    made.remember(REFUSED, _desired("wrong"), NOW)
    return made


def test_a_refused_secret_is_blocked_and_says_since_when(refusals: Refusals) -> None:
    (change,) = refusals.blocked(PLAN, _desired("wrong")).changes

    assert (change.action, change.intended) == (Action.BLOCKED, Action.REPLACE)
    assert change.reason is not None
    assert "2027-01-01 12:00 UTC" in change.reason.what
    assert "wrong" not in str(change.reason)


def test_another_value_goes_on(refusals: Refusals) -> None:
    assert refusals.blocked(PLAN, _desired("right")) == PLAN


def test_a_replace_that_no_account_notices_goes_on(refusals: Refusals) -> None:
    unused = replace(PLAN, changes=(replace(CHANGE, used_by=()),))

    assert refusals.blocked(unused, _desired("wrong")) == unused


def test_it_can_be_forgotten(refusals: Refusals) -> None:
    refusals.forget()

    assert refusals.blocked(PLAN, _desired("wrong")) == PLAN


def test_what_is_declared_no_more_is_not_kept(refusals: Refusals) -> None:
    nothing = replace(_desired("wrong"), credentials=())
    refusals.remember(StoreReport("house"), nothing, NOW)

    assert refusals.blocked(PLAN, _desired("wrong")) == PLAN
