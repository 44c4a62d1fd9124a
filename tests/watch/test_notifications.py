"""Incidents as Home Assistant's own notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.watch.conftest import LAB, NETATMO
from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from tests.watch.conftest import Home


def _shown(home: Home) -> list[str]:
    rows = home.home_assistant.api.command("persistent_notification/get")
    return [
        row["message"] for row in rows if row["notification_id"].startswith("appcreds_sync_home_")
    ]


def test_an_incident_is_shown_once_and_taken_back_when_it_is_over(home: Home) -> None:
    home.secrets(lab="lab-1")
    with Watch(home.folder) as watch:
        watch.next("turn", state="needs-a-person")
        until(lambda: len(_shown(home)) == 1)
        home.declare(LAB, NETATMO, watch="poll_interval: 1s")
        watch.next("turn", causes="manifest")
        (message,) = _shown(home)
        assert "no `netatmo`" in message

        home.secrets(lab="lab-1", netatmo="netatmo-1")
        watch.next("turn", state="in-sync")
        until(lambda: _shown(home) == [])


def test_what_an_earlier_daemon_left_is_taken_back(home: Home) -> None:
    home.secrets(lab="lab-1")
    with Watch(home.folder) as watch:
        watch.next("turn", state="needs-a-person")
        until(lambda: len(_shown(home)) == 1)
        watch.stop()

    home.secrets(lab="lab-1", netatmo="netatmo-1")
    with Watch(home.folder) as watch:
        watch.next("turn", state="in-sync")
        until(lambda: _shown(home) == [])


def test_a_secret_that_expires_soon_is_one(home: Home) -> None:
    home.declare(LAB.rstrip("\n") + "\n    expires: 2020-01-01\n")
    with Watch(home.folder) as watch:
        watch.next("turn", state="in-sync")
        until(lambda: len(_shown(home)) == 1)
        assert "expired on 2020-01-01" in _shown(home)[0]
