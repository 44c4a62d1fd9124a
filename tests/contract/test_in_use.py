"""In use belongs to an identity, and what can't be told counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.reading import (
    actions,
    changes,
    declared,
    held,
    lab,
    only_change,
    outcomes,
    plan,
    reason,
)

if TYPE_CHECKING:
    from tests.contract.live_world import LiveWorld
    from tests.contract.world import AccountState, World

KEEP = declared(lab("keep", client_id="keep-me"))


@pytest.fixture(autouse=True)
def kept(request: pytest.FixtureRequest) -> None:
    """Something of ours that stays, so that no guard is met."""
    name = "live" if "live" in request.fixturenames else "world"
    request.getfixturevalue(name).put_item("home.keep", client_id="keep-me")


@pytest.mark.parametrize("state", ["loaded", "disabled"])
def test_a_disabled_account_counts_as_a_loaded_one(world: World, state: AccountState) -> None:
    world.put_item("home.lab")
    world.put_account("home.lab", state=state)
    assert changes(world.plan(KEEP)) == [("blocked", "home.lab", "in-use")]


def test_an_ignored_one_never_counts(world: World) -> None:
    world.put_item("home.lab")
    world.put_account("home.lab", state="ignored")
    assert changes(world.sync(KEEP)) == [("delete", "home.lab", None)]


def test_an_account_uses_its_own_key_and_no_other(world: World) -> None:
    world.put_item("home.lab")
    world.put_item("home.other", client_id="other")
    world.put_account("home.other")
    assert actions(world.plan(KEEP)) == {"home.lab": "delete", "home.other": "blocked"}


def test_an_account_of_another_integration_uses_nothing_here(world: World) -> None:
    world.put_item("home.lab")
    world.put_item("home.lab", domain="netatmo")
    world.put_account("home.lab", domain="netatmo", state="disabled")
    blocked = {
        change.identity.integration: str(change.action) for change in plan(world.plan(KEEP)).changes
    }
    assert blocked == {"oauth_lab": "delete", "netatmo": "blocked"}


def test_home_assistant_names_the_first_item_and_means_the_identity(world: World) -> None:
    """The winner is a later item than the one that `config_entry` answers with."""
    loser, winner = world.put_item("home.lab"), world.put_item("home.lab")
    world.put_account("home.lab")
    rows = [(it.action, it.item and it.item.id) for it in plan(world.plan(KEEP)).changes]
    assert rows == [("blocked", winner), ("delete", loser)]


@pytest.mark.parametrize("state", ["setup_error", "setup_retry"])
def test_a_broken_account_that_names_no_item_counts_for_all_of_its_integration(
    live: LiveWorld, state: AccountState
) -> None:
    live.put_item("home.lab")
    live.put_account("home.gone", state=state)
    report = live.plan(KEEP)
    assert changes(report) == [("blocked", "home.lab", "in-use")]
    assert "can't tell" in reason(only_change(report))


def test_a_broken_account_that_names_its_item_counts_for_that_one(live: LiveWorld) -> None:
    live.put_item("home.lab")
    live.put_item("home.other", client_id="other")
    stale = {"token": {"access_token": "a", "refresh_token": "r", "expires_at": 0}}
    live.home_assistant.add_entry(
        domain="oauth_lab", auth_implementation="home.other", title="Ann", data=stale
    )
    assert actions(live.plan(KEEP)) == {"home.lab": "delete", "home.other": "blocked"}


def test_an_integration_that_can_not_be_imported_hides_its_account_but_not_from_us(
    live: LiveWorld,
) -> None:
    """Home Assistant would delete the credential, and could never create it again."""
    live.put_item("home.broken", domain="oauth_broken")
    live.put_account("home.broken", domain="oauth_broken")
    live.home_assistant.broken_marker.touch()
    live.home_assistant.restart()

    report = live.sync(KEEP, allow_empty=True)
    assert changes(report) == [("blocked", "home.broken", "in-use")]
    assert "its integration is not running" in reason(only_change(report))
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    # What can't be created does not keep the others from being created.
    wish = KEEP + "".join(
        f"  {line}\n"
        for line in (
            lab("broken", integration="oauth_broken"),
            lab("second", integration="oauth_broken", client_id="second"),
            lab("fine", client_id="fine"),
        )
    )
    report = live.sync(wish)
    assert outcomes(report) == {"home.second": "failed", "home.fine": "applied"}
    (problem,) = (it.problem for it in report.stores[0].results if it.problem is not None)
    assert problem.code == "integration-broken"
    assert set(held(live)) == {"home.keep", "home.broken", "home.fine"}
    assert exit_code(report) == ExitCode.FAILED


def test_nothing_is_finished_or_rolled_back_while_nobody_can_see_the_accounts(
    live: LiveWorld,
) -> None:
    """What went with a roll-back could not be created again."""
    broken = "oauth_broken"
    page = live.put_item(None, domain=broken, client_id="paged", secret="canary-old")
    live.put_item(page, domain=broken, client_id="paged")
    live.put_account(page, domain=broken, title="Ann")
    for secret in ("canary-old", "canary-first"):  # a replace that was cut off
        live.put_item("home.cut", domain=broken, client_id="cut", secret=secret)
    live.put_account("home.cut", domain=broken, title="Bob")
    live.home_assistant.broken_marker.touch()
    live.home_assistant.restart()
    before = held(live)

    report = live.sync(
        KEEP
        + "".join(
            f"  {lab(name, client_id=name, integration=broken, more=more)}\n"
            for name, more in (("paged", f"auth_domain: {page}"), ("cut", ""))
        )
    )

    assert held(live) == before
    assert changes(report) == [
        ("replace", "home.cut", "unfinished-replace"),
        ("retained", page, "retained"),
    ]
    (result,) = report.stores[0].results
    assert result.problem is not None
    assert result.problem.code == "replace-undecided"
    assert exit_code(report) == ExitCode.FAILED
