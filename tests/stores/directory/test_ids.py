from __future__ import annotations

import json

import pytest

from appcreds_sync.stores.directory.ids import new_id
from tests.stores.directory.builders import CAPTURED_CREDENTIALS


def test_the_ids_that_home_assistant_made_are_the_ones_we_would_have_made() -> None:
    taken: list[str] = []
    for item in json.loads(CAPTURED_CREDENTIALS.read_bytes())["data"]["items"]:
        assert new_id(item["domain"], item["client_id"], taken) == item["id"]
        taken.append(item["id"])


@pytest.mark.parametrize(
    ("client_id", "expected"),
    [
        ("123-abc.apps.googleusercontent.com", "google_123_abc_apps_googleusercontent_com"),
        ("UPPER lower", "google_upper_lower"),
        ("a__b--c", "google_a_b_c"),
        ("…", "google"),
        ("1,000", "google_1000"),
        ("d'or", "google_d_or"),
        ("a&amp;b", "google_a_b"),
        ("客户", "google_ke_hu"),
    ],
)
def test_an_id_is_a_slug(client_id: str, expected: str) -> None:
    # Expected values: homeassistant.util.slugify of 2025.4.4 with its python-slugify 8.0.4.
    assert new_id("google", client_id, ()) == expected


def test_a_taken_id_is_numbered_from_two_and_gaps_are_filled() -> None:
    assert new_id("google", "a", {"google_a"}) == "google_a_2"
    assert new_id("google", "a", {"google_a", "google_a_3"}) == "google_a_2"
    assert new_id("google", "a", {"google_a", "google_a_2", "google_a_3"}) == "google_a_4"


def test_where_nothing_is_left_of_the_name_it_is_unknown() -> None:
    assert new_id("", "…", ()) == "unknown"
