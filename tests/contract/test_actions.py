"""Every row of the action table, over every kind of store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.plan import Action
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
    store,
)
from tests.contract.world import SECRETS

if TYPE_CHECKING:
    from tests.contract.directory_world import DirectoryWorld
    from tests.contract.live_world import LiveWorld
    from tests.contract.world import AccountState, World

KEEP = lab("keep", client_id="keep-me")
"""Something of ours that stays, so that no guard is met."""


class TestCreate:
    def test_what_is_declared_is_there_afterwards(self, world: World) -> None:
        report = world.sync(declared(lab()))
        assert changes(report) == [("create", "home.lab", None)]
        assert outcomes(report) == {"home.lab": "applied"}
        assert store(report).converged is True
        assert exit_code(report) == ExitCode.OK
        assert world.items() == [
            {
                "id": "oauth_lab_client",
                "domain": "oauth_lab",
                "client_id": "client",
                "client_secret": "canary-first",
                "auth_domain": "home.lab",
                "name": "lab",
            }
        ]

    def test_the_name_that_is_declared_is_the_one_shown(self, world: World) -> None:
        world.sync(declared(lab(more="name: The lab")))
        assert [item["name"] for item in world.items()] == ["The lab"]

    def test_one_client_for_several_integrations_is_an_item_for_each(self, world: World) -> None:
        world.sync(
            declared(
                "family: {integrations: [google, google_tasks, google_mail], client_id: client, "
                "client_secret: !secret first}"
            )
        )
        assert sorted((item["domain"], item["auth_domain"]) for item in world.items()) == [
            ("google", "home.family"),
            ("google_mail", "home.family"),
            ("google_tasks", "home.family"),
        ]

    # Home Assistant 2024.3 has no such integration.
    @pytest.mark.parametrize("world", ["directory", "2025.4.4"], indirect=True)
    def test_an_integration_that_needs_no_secret_gets_the_empty_one(self, world: World) -> None:
        report = world.sync(declared("ondilo_ico: {client_id: client}"))
        assert outcomes(report) == {"home.ondilo_ico": "applied"}
        assert held(world) == {"home.ondilo_ico": [("client", "")]}

    def test_a_plan_changes_nothing(self, world: World) -> None:
        report = world.plan(declared(lab()))
        assert changes(report) == [("create", "home.lab", None)]
        assert store(report).results == ()
        assert world.items() == []
        assert exit_code(report) == ExitCode.OK
        assert exit_code(report, detailed=True) == ExitCode.PENDING

    def test_an_id_that_is_taken_gets_a_number(self, world: World) -> None:
        world.put_item("elsewhere.lab")
        world.sync(declared(lab("mine", client_id="Client")))
        assert [item["id"] for item in world.items()] == ["oauth_lab_client", "oauth_lab_client_2"]

    @pytest.mark.parametrize("state", ["setup_error", "setup_retry"])
    def test_an_account_that_lost_its_item_is_reloaded(
        self, live: LiveWorld, state: AccountState
    ) -> None:
        entry = live.put_account("home.lab", state=state)
        report = live.sync(declared(lab()))
        assert [result.reloaded for result in store(report).results] == [("Ann",)]
        assert live.home_assistant.entry_state(entry) == "loaded"
        assert exit_code(report) == ExitCode.OK

    def test_one_that_is_broken_for_another_reason_too_is_told(self, live: LiveWorld) -> None:
        stale = {"token": {"access_token": "a", "refresh_token": "r", "expires_at": 0}}
        live.home_assistant.add_entry(
            domain="oauth_lab", auth_implementation="home.lab", title="Ann", data=stale
        )
        report = live.sync(declared(lab()))
        (result,) = store(report).results
        assert result.notes == ("Ann was reloaded and is setup_error",)

    def test_of_several_accounts_only_its_own_are_reloaded(self, live: LiveWorld) -> None:
        live.put_item("home.other", client_id="other")
        own = [live.put_account("home.lab", state="setup_error", title=t) for t in ("Ann", "Bob")]
        gone = live.put_account("home.gone", state="setup_error", title="Cid")
        live.put_account("home.lab", state="disabled", title="Dan")
        live.put_account("home.other", title="Eve")
        report = live.sync(declared(lab(), lab("other", client_id="other")))
        (result,) = store(report).results
        assert sorted(result.reloaded) == ["Ann", "Bob"]
        states = [live.home_assistant.entry_state(entry) for entry in (*own, gone)]
        assert states == ["loaded", "loaded", "setup_error"]

    def test_offline_there_is_nothing_to_reload(self, offline: DirectoryWorld) -> None:
        offline.put_account("home.lab")
        report = offline.sync(declared(lab()))
        assert [result.reloaded for result in store(report).results] == [()]


class TestReplace:
    @pytest.mark.parametrize(
        ("line", "differs", "after"),
        [
            (lab(client_id="new-client"), ("client_id",), ("new-client", "canary-first", "lab")),
            (lab(secret="second"), ("client_secret",), ("client", "canary-second", "lab")),
            (lab(more="name: New"), ("name",), ("client", "canary-first", "New")),
            (
                lab(client_id="new-client", secret="second"),
                ("client_id", "client_secret"),
                ("new-client", "canary-second", "lab"),
            ),
        ],
        ids=["client-id", "secret", "name", "both"],
    )
    def test_what_differs_is_replaced_by_one_new_item(
        self, world: World, line: str, differs: tuple[str, ...], after: tuple[str, str, str]
    ) -> None:
        world.put_item("home.lab", name="lab")
        report = world.sync(declared(line))
        change = only_change(report)
        assert (change.action, change.differs) == (Action.REPLACE, differs)
        assert outcomes(report) == {"home.lab": "applied"}
        assert store(report).converged is True
        (item,) = world.items()
        assert (item["client_id"], item["client_secret"], item["name"]) == after
        assert item["auth_domain"] == "home.lab"

    def test_a_name_that_nobody_declared_is_not_compared(self, world: World) -> None:
        world.put_item("home.lab", name="Changed by hand")
        assert changes(world.plan(declared(lab()))) == []

    def test_it_goes_on_where_only_the_name_differs_under_a_linked_account(
        self, world: World
    ) -> None:
        world.put_item("home.lab", name="Old")
        world.put_account("home.lab")
        report = world.sync(declared(lab(more="name: New")))
        assert outcomes(report) == {"home.lab": "applied"}
        assert [result.reloaded for result in store(report).results] == [()]
        assert [item["name"] for item in world.items()] == ["New"]

    def test_a_secret_is_replaced_under_a_linked_account(self, world: World) -> None:
        world.put_item("home.lab")
        world.put_account("home.lab")
        report = world.sync(declared(lab(secret="second")))
        assert outcomes(report) == {"home.lab": "applied"}
        (result,) = store(report).results
        assert result.reloaded == (("Ann",) if world.runs else ())
        assert [item["client_secret"] for item in world.items()] == [SECRETS["second"]]
        assert store(report).converged

    def test_a_client_id_under_a_linked_account_asks_to_link_again(self, world: World) -> None:
        world.put_item("home.lab")
        world.put_account("home.lab")
        before = world.items()
        report = world.sync(declared(lab(client_id="new-client")))
        assert changes(report) == [("blocked", "home.lab", "relink")]
        assert world.items() == before
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    def test_allowed_the_accounts_must_be_linked_again(self, world: World) -> None:
        world.put_item("home.lab")
        world.put_account("home.lab")
        report = world.sync(declared(lab(client_id="new-client")), allow_relink=True)
        assert outcomes(report) == {"home.lab": "relink needed" if world.runs else "applied"}
        assert [item["client_id"] for item in world.items()] == ["new-client"]


class TestDelete:
    def test_what_is_ours_and_undeclared_goes(self, world: World) -> None:
        world.put_item("home.keep", client_id="keep-me")
        world.put_item("home.lab")
        report = world.sync(declared(KEEP))
        assert changes(report) == [("delete", "home.lab", None)]
        assert outcomes(report) == {"home.lab": "applied"}
        assert list(held(world)) == ["home.keep"]

    def test_unless_the_policy_says_never(self, world: World) -> None:
        world.put_item("home.keep", client_id="keep-me")
        world.put_item("home.lab")
        report = world.sync(declared(KEEP) + "policy: {prune: never}\n")
        assert changes(report) == []
        assert list(held(world)) == ["home.keep", "home.lab"]

    def test_what_is_gone_meanwhile_is_never_an_error_of_its_own(self, live: LiveWorld) -> None:
        live.put_item("home.keep", client_id="keep-me")
        item_id = live.put_item("home.lab")
        report = live.sync(declared(KEEP), meanwhile=lambda: live.remove_item(item_id))
        assert outcomes(report) == {"home.lab": "applied"}
        assert exit_code(report) == ExitCode.OK

    def test_an_item_that_is_another_one_meanwhile_stays(self, live: LiveWorld) -> None:
        live.put_item("home.keep", client_id="keep-me")
        item_id = live.put_item("home.lab")

        def somebody_makes_it_anew() -> None:
            live.remove_item(item_id)
            assert live.put_item(None) == item_id

        report = live.sync(declared(KEEP), meanwhile=somebody_makes_it_anew)
        assert outcomes(report) == {"home.lab": "skipped"}
        assert item_id in held(live)

    def test_a_loser_stays_when_it_has_become_the_last_of_its_identity(
        self, live: LiveWorld
    ) -> None:
        loser, winner = live.put_item("home.lab"), live.put_item("home.lab")
        report = live.sync(declared(lab()), meanwhile=lambda: live.remove_item(winner))
        assert outcomes(report) == {"home.lab": "skipped"}
        assert [item["id"] for item in live.items()] == [loser]

    def test_a_file_that_changed_meanwhile_is_not_written(self, offline: DirectoryWorld) -> None:
        offline.put_item("home.keep", client_id="keep-me")
        offline.put_item("home.lab")
        report = offline.sync(
            declared(KEEP), meanwhile=lambda: offline.put_item("home.third", client_id="third")
        )
        assert outcomes(report) == {"home.lab": "failed"}
        assert list(held(offline)) == ["home.keep", "home.lab", "home.third"]
        assert exit_code(report) == ExitCode.FAILED


class TestBlocked:
    def test_a_value_that_can_not_be_read_blocks_what_needs_it_and_nothing_else(
        self, world: World
    ) -> None:
        world.put_item("home.kept", client_id="kept")
        report = world.sync(
            declared(
                lab("lab", secret="nowhere"),
                lab("kept", client_id="kept", secret="nowhere"),
                lab("fine", client_id="fine"),
            )
        )
        assert actions(report) == {
            "home.lab": "blocked",
            "home.kept": "blocked",
            "home.fine": "create",
        }
        assert held(world) == {
            "home.kept": [("kept", "canary-first")],
            "home.fine": [("fine", "canary-first")],
        }
        assert len(report.failures) == 1
        assert exit_code(report) == ExitCode.FAILED

    def test_a_client_id_that_can_not_be_read_is_no_empty_one(self, world: World) -> None:
        world.put_item("home.lab")
        report = world.sync(declared(lab(client_id="!secret nowhere")))
        assert actions(report) == {"home.lab": "blocked"}
        assert held(world) == {"home.lab": [("client", "canary-first")]}

    def test_an_unknown_integration_is_blocked_with_a_guess(self, live: LiveWorld) -> None:
        report = live.sync(declared(lab("lab", integration="oauth_lba"), lab("fine")))
        assert actions(report) == {"home.lab": "blocked", "home.fine": "create"}
        blocked = next(it for it in plan(report).changes if it.action is Action.BLOCKED)
        assert blocked.reason is not None
        assert blocked.reason.code == "integration-unknown"
        assert "did you mean oauth_lab?" in blocked.reason.hint
        assert list(held(live)) == ["home.fine"]
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    def test_or_skipped_where_that_is_declared(self, live: LiveWorld) -> None:
        report = live.sync(
            declared(lab("lab", integration="oauth_lba", more="if_unsupported: skip"), lab("fine"))
        )
        assert actions(report) == {"home.fine": "create"}
        assert [str(it) for it in plan(report).skipped] == ["oauth_lba/home.lab"]
        assert exit_code(report) == ExitCode.OK

    def test_offline_nobody_knows_what_the_integration_is_so_it_is_made(
        self, offline: DirectoryWorld
    ) -> None:
        report = offline.sync(declared(lab(integration="oauth_lba")))
        assert outcomes(report) == {"home.lab": "applied"}


class TestRetained:
    def test_a_loser_that_home_assistant_guards_stays_and_is_no_change(self, world: World) -> None:
        old = world.put_item(None)
        world.put_account(old)
        world.put_item(old, secret="canary-second")
        report = world.sync(declared(lab(secret="second", more=f"auth_domain: {old}")))
        assert changes(report) == [("retained", old, "retained")]
        assert plan(report).pending() == ()
        assert store(report).converged is True
        assert len(world.items()) == 2
        assert exit_code(report) == ExitCode.OK

    def test_it_goes_when_the_account_is_gone(self, live: LiveWorld) -> None:
        old = live.put_item(None)
        entry = live.put_account(old)
        live.put_item(old, secret="canary-second")
        wish = declared(lab(secret="second", more=f"auth_domain: {old}"))
        assert changes(live.sync(wish)) == [("retained", old, "retained")]
        live.home_assistant.remove_entry(entry)
        assert outcomes(live.sync(wish)) == {old: "applied"}
        assert held(live) == {old: [("client", "canary-second")]}


class TestOrder:
    def test_what_is_new_comes_first_what_goes_last_and_then_by_identity(
        self, world: World
    ) -> None:
        for name in ("z", "y"):
            world.put_item(f"home.{name}", client_id=name)
        world.put_item("home.b", client_id="b", secret="another")
        report = world.sync(
            declared(*(lab(name, client_id=name) for name in ("c", "b", "a")))
            + "policy: {max_deletes: 9}\n"
        )
        assert [(action, key) for action, key, _ in changes(report)] == [
            ("create", "home.a"),
            ("replace", "home.b"),
            ("create", "home.c"),
            ("delete", "home.y"),
            ("delete", "home.z"),
        ]
        assert [it.change for it in store(report).results] == list(plan(report).changes)
        assert set(held(world)) == {"home.a", "home.b", "home.c"}

    def test_the_same_input_gives_the_same_plan(self, world: World) -> None:
        world.put_item("home.gone", client_id="gone")
        wish = declared(lab("b"), lab("a", client_id="a"))
        assert plan(world.plan(wish)) == plan(world.plan(wish))
