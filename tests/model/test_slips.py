from __future__ import annotations

import pytest

from appcreds_sync.model.slips import instead, meant

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


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("spotfy", KNOWN, "did you mean spotify?"),
        ("nest", ("withings", "netatmo"), "there are: netatmo, withings"),
        ("nest", (), "there are none yet"),
    ],
)
def test_a_hint_names_what_there_is(name: str, known: tuple[str, ...], hint: str) -> None:
    assert instead(name, known) == hint
