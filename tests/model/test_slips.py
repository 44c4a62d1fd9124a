from __future__ import annotations

import pytest

from appcreds_sync.model.slips import meant

KNOWN = ("google_drive", "google_tasks", "home_connect", "netatmo", "spotify", "withings")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("spotfy", "spotify"), ("homeconnect", "home_connect"), ("google-tasks", "google_tasks")],
)
def test_a_slip_of_the_pen_is_guessed(name: str, expected: str) -> None:
    assert meant(name, KNOWN) == expected


@pytest.mark.parametrize("name", ["smartthings", "nest", "google_health", ""])
def test_another_name_is_not(name: str) -> None:
    assert meant(name, KNOWN) is None
