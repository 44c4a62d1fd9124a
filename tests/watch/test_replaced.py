from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from appcreds_sync.model.errors import Problem, StoreUnavailable
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, EntryRef
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.model.store import AccountState
from appcreds_sync.watch.replaced import ReplacedAccounts

if TYPE_CHECKING:
    from appcreds_sync.stores.interface import Store

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
REPLACED = StoreReport(
    "house",
    results=(
        ChangeResult(
            Change(
                Action.REPLACE,
                Identity("google", "home.google"),
                "google",
                differs=("client_secret",),
                used_by=(EntryRef("e1", "Ann", "loaded"),),
            ),
            Outcome.APPLIED,
        ),
    ),
)


class _Accounts:
    """A store of which only the accounts are asked; a real one can't be made to fail late."""

    def __init__(self, *flows: str) -> None:
        self.flows = frozenset(flows)
        self.asked = 0
        self.is_away = False

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        assert integration == "google"
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable(Problem("store-lost", "no answer", ""))
        return (AccountState("e1", "Ann", "loaded", None, self.flows),)


async def _replaced(store: _Accounts) -> ReplacedAccounts:
    watched = ReplacedAccounts()
    watched.remember(REPLACED, NOW)
    await watched.look(cast("Store", store), NOW)
    return watched


async def test_an_account_that_asks_later_is_reported_with_the_time_of_the_replacement() -> None:
    store = _Accounts("asked-before")
    watched = await _replaced(store)

    assert await watched.look(cast("Store", store), NOW) == ()

    store.flows |= {"asks-now"}
    ((key, problem),) = await watched.look(cast("Store", store), NOW)
    assert key == "reauth:e1"
    assert "Ann asks to be signed in again" in problem.what
    assert "2027-01-01 12:00 UTC" in problem.what


async def test_an_account_that_could_not_be_looked_at_at_once_is_watched_all_the_same() -> None:
    store = _Accounts("asked-before")
    watched = ReplacedAccounts()
    watched.remember(REPLACED, NOW)
    store.is_away = True
    with pytest.raises(StoreUnavailable):
        await watched.look(cast("Store", store), NOW)

    store.is_away = False
    assert await watched.look(cast("Store", store), NOW) == ()
    store.flows |= {"asks-now"}
    assert len(await watched.look(cast("Store", store), NOW)) == 1


async def test_one_whose_replacement_was_taken_up_again_is_watched_too() -> None:
    store = _Accounts()
    watched = ReplacedAccounts()
    watched.remember(replace(REPLACED, results=(), doubles=REPLACED.results), NOW)
    assert await watched.look(cast("Store", store), NOW) == ()

    store.flows |= {"asks-now"}
    assert len(await watched.look(cast("Store", store), NOW)) == 1


async def test_after_two_days_nobody_is_asked_any_more() -> None:
    store = _Accounts()
    watched = await _replaced(store)
    store.asked = 0

    for _ in range(2):
        assert await watched.look(cast("Store", store), NOW + dt.timedelta(days=3)) == ()

    assert store.asked == 0
