"""The daemon with real Home Assistants: what wakes it, and what it survives."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.watch.conftest import LAB, NETATMO
from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from tests.conftest import RunningHomeAssistants
    from tests.watch.conftest import Home

QUICK = "poll_interval: 200ms"
"""For the Home Assistant that pushes no changes."""


def test_what_is_saved_is_in_home_assistant(home: Home) -> None:
    home.declare(LAB, watch=QUICK)
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        assert home.is_as_declared(lab="lab-1")

        home.declare(LAB, NETATMO, watch=QUICK)
        watch.next("turn", causes="manifest", state="in-sync")
        assert home.is_as_declared(lab="lab-1", netatmo="netatmo-1")

        home.secrets(lab="lab-2", netatmo="netatmo-1")
        watch.next("turn", causes="manifest", state="in-sync")
        assert home.is_as_declared(lab="lab-2", netatmo="netatmo-1")

        assert watch.stop() == 0


def test_drift_is_healed_and_our_own_changes_wake_nobody(home: Home) -> None:
    home.declare(LAB, NETATMO, watch=QUICK)
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start")
        for row in home.home_assistant.items():
            if row["domain"] == "netatmo":
                home.home_assistant.delete_item(row["id"])
        watch.next("change", action="create", outcome="applied")
        watch.next("turn", causes="drift", state="in-sync")
        assert home.is_as_declared(lab="lab-1", netatmo="netatmo-1")

        # A name of ours that nobody declared, made by somebody else: it wakes us, once.
        home.home_assistant.create_item(
            domain="oauth_lab", client_id="x", client_secret="y", auth_domain="home.stray"
        )
        watch.next("turn", causes="drift", state="in-sync")
        watch.signal(signal.SIGHUP)
        last = watch.next("turn", causes="manifest")
        assert home.is_as_declared(lab="lab-1", netatmo="netatmo-1")

    causes = [event["causes"] for event in watch.seen() if event["event"] == "turn"]
    assert causes == ["start", "drift", "drift", "manifest"]
    assert last["did"] == "2 unchanged"


def test_drift_is_only_reported_where_heal_is_off(pushing_home: Home) -> None:
    home = pushing_home
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        home.declare(LAB, NETATMO, watch="heal: false")
        watch.next("turn", causes="manifest")
        (item,) = [row for row in home.home_assistant.items() if row["domain"] == "netatmo"]
        home.home_assistant.delete_item(item["id"])
        watch.next("turn", causes="drift", state="drifted", did="1 create, 1 unchanged")

    assert home.is_as_declared(lab="lab-1")


def test_a_store_that_loses_everything_is_restored_and_reported(pushing_home: Home) -> None:
    home = pushing_home
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        home.home_assistant.stop()
        (home.home_assistant.config_dir / ".storage" / "application_credentials").write_text("{")
        home.home_assistant.start()
        incident = watch.next("incident", store="house")
        while "every credential was gone at once" not in incident["problem"]:
            incident = watch.next("incident", store="house")
        until(lambda: home.is_as_declared(lab="lab-1", netatmo="netatmo-1"))


def test_home_assistant_killed_and_started_again_is_taken_up_again(home: Home) -> None:
    # What earlier tests left was taken away just now, and would be back after the kill.
    home.home_assistant.restart()
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        home.home_assistant.kill()
        watch.next("turn", state="failing")
        home.home_assistant.start()
        watch.next("turn", state="in-sync")
        # What was created less than 10 s before the kill was lost with it.
        assert home.is_as_declared(lab="lab-1", netatmo="netatmo-1")
        assert watch.stop() == 0


def test_a_token_that_is_not_accepted_is_not_hammered_and_a_new_one_tried(
    pushing_home: Home,
) -> None:
    home = pushing_home
    home.secrets(token="wrong", lab="lab-1", netatmo="netatmo-1")
    with Watch(home.folder) as watch:
        refused = watch.next("turn", state="failing")
        assert "does not accept the token" in refused["did"]
        home.declare(LAB, watch=QUICK)
        watch.next("manifest-loaded")
        home.declare(LAB, NETATMO, watch=QUICK)
        watch.next("manifest-loaded")

        home.secrets(lab="lab-1", netatmo="netatmo-1")
        watch.next("turn", state="in-sync")

        home.secrets(token="wrong", lab="lab-1", netatmo="netatmo-1")
        watch.next("turn", state="failing")
        watch.stop()

    turns = [event["state"] for event in watch.seen() if event["event"] == "turn"]
    assert turns == ["failing", "in-sync", "failing"]


def test_a_token_is_tried_again_at_another_address(
    home: Home, home_assistants: RunningHomeAssistants
) -> None:
    (other,) = [it for it in home_assistants.values() if it.url != home.home_assistant.url]
    replace(home, url=other.url).declare(LAB, NETATMO)
    with Watch(home.folder) as watch:
        watch.next("turn", state="failing")
        home.declare(LAB, NETATMO)
        watch.next("turn", state="in-sync")
