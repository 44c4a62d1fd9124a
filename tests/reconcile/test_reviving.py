from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.plan import Action, Change
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.model.store import Capabilities
from appcreds_sync.reconcile.reviving import revive_accounts
from tests.planning.builders import CATALOGUE, desired, entry, item
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.store import ConfigEntry

SPOTIFY = item("a", "home.spotify")
SICK = entry("home.spotify", state="setup_error")


def created(outcome: Outcome = Outcome.APPLIED, domain: str = "spotify") -> ChangeResult:
    identity = item("x", f"home.{domain}", domain=domain).identity(CATALOGUE)
    return ChangeResult(Change(Action.CREATE, identity, domain), outcome)


async def revive(
    store: MemoryStore, *results: ChangeResult, before: Sequence[ConfigEntry] | None = None
) -> Sequence[ChangeResult]:
    """Take a snapshot before the item came, then revive."""
    held, fails = store.held, store.fails
    store.held, store.fails = [], {}
    snapshot = await store.snapshot({"spotify", "withings", "netatmo"})
    if before is not None:
        snapshot = replace(snapshot, entries=tuple(before))
    store.held, store.fails, store.calls = held, fails, []
    return await revive_accounts(results, desired(), snapshot, store)


async def test_the_account_that_lost_its_item_is_reloaded() -> None:
    store = MemoryStore([SPOTIFY], [SICK])
    (result,) = await revive(store, created())
    assert (result.outcome, result.reloaded) == (Outcome.APPLIED, ("Ann",))
    assert store.calls == ["snapshot", "reload id-Ann", "accounts"]


@pytest.mark.parametrize(
    "account",
    [
        entry("home.spotify"),
        replace(entry("home.spotify", state="not_loaded"), disabled=True),
        entry("home.spotify", state="setup_in_progress"),
    ],
    ids=["loaded", "disabled", "on-its-way"],
)
async def test_one_that_is_well_is_left_alone(account: ConfigEntry) -> None:
    store = MemoryStore([SPOTIFY], [account])
    assert await revive(store, created()) == ()
    assert store.calls == []


async def test_of_two_accounts_only_the_broken_one_is_reloaded() -> None:
    store = MemoryStore([SPOTIFY], [SICK, entry("home.spotify", title="Bob")])
    (result,) = await revive(store, created())
    assert result.reloaded == ("Ann",)
    assert store.calls == ["snapshot", "reload id-Ann", "accounts"]


async def test_one_of_another_key_is_left_alone() -> None:
    other = item("b", "home.other")
    store = MemoryStore([SPOTIFY, other], [entry("home.other", state="setup_error")])
    (result,) = await revive(store, created())
    assert result.reloaded == ()
    assert store.calls == ["snapshot"]


async def test_any_account_of_a_single_implementation_integration_is_reloaded() -> None:
    item_of_it = item("w", "home.withings", domain="withings")
    store = MemoryStore([item_of_it], [entry("withings", domain="withings", state="setup_error")])
    (result,) = await revive(store, created(domain="withings"))
    assert result.reloaded == ("Ann",)


async def test_a_create_that_failed_revives_nobody() -> None:
    store = MemoryStore([], [SICK])
    assert await revive(store, created(Outcome.FAILED)) == ()
    assert store.calls == []


@pytest.mark.parametrize("action", [Action.REPLACE, Action.DELETE])
async def test_nor_does_anything_but_a_create(action: Action) -> None:
    store = MemoryStore([SPOTIFY], [SICK])
    done = ChangeResult(Change(action, SPOTIFY.identity(CATALOGUE), None), Outcome.APPLIED)
    assert await revive(store, done) == ()


async def test_nobody_is_reloaded_where_no_home_assistant_runs() -> None:
    store = MemoryStore([SPOTIFY], [SICK], capabilities=Capabilities(None))
    assert await revive(store, created()) == ()
    assert store.calls == []


async def test_one_that_a_person_ignores_is_left_alone() -> None:
    item_of_it = item("w", "home.withings", domain="withings")
    ignored = replace(entry("withings", domain="withings", state="not_loaded"), source="ignore")
    store = MemoryStore([item_of_it], [ignored])
    (result,) = await revive(store, created(domain="withings"))
    assert (result.reloaded, store.calls) == ((), ["snapshot"])


@pytest.mark.parametrize(
    "account", [replace(SICK, supports_unload=False), replace(SICK, state="failed_unload")]
)
async def test_one_that_can_not_be_reloaded_asks_for_a_restart(account: ConfigEntry) -> None:
    store = MemoryStore([SPOTIFY], [account])
    (result,) = await revive(store, created())
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert result.problem.code == "restart-needed"
    assert store.calls == ["snapshot"]


async def test_a_reload_that_fails_is_told_and_the_others_go_on() -> None:
    bob = entry("home.spotify", state="setup_retry", title="Bob")
    store = MemoryStore([SPOTIFY], [SICK, bob], fails={"reload id-Ann": GONE})
    (result,) = await revive(store, created())
    assert (result.outcome, result.problem) == (Outcome.FAILED, GONE.problem)
    assert result.reloaded == ("Bob",)


async def test_only_the_create_of_a_broken_account_fails_when_nobody_can_look() -> None:
    store = MemoryStore([SPOTIFY], [SICK], fails={"snapshot": GONE})
    done = await revive(store, created(), created(domain="netatmo"))
    assert [(it.change.identity.integration, it.outcome) for it in done] == [
        ("spotify", Outcome.FAILED)
    ]


class StaysSick(MemoryStore):
    async def reload(self, entry_id: str) -> None:
        self._called(f"reload {entry_id}")


async def test_one_that_is_still_not_well_is_told() -> None:
    store = StaysSick([SPOTIFY], [SICK])
    (result,) = await revive(store, created())
    assert (result.outcome, result.reloaded) == (Outcome.APPLIED, ("Ann",))
    assert result.notes == ("Ann was reloaded and is setup_error",)


async def test_what_nobody_could_see_afterwards_is_not_told() -> None:
    store = StaysSick([SPOTIFY], [SICK], fails={"accounts": GONE})
    (result,) = await revive(store, created())
    assert (result.outcome, result.notes) == (Outcome.APPLIED, ())
