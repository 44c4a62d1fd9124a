from __future__ import annotations

import pytest

from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import ConfigEntry, Item
from appcreds_sync.stores.home_assistant.answers import (
    Unreadable,
    read_entries,
    read_integrations,
    read_is_admin,
    read_item,
    read_item_id,
    read_items,
    read_run_id,
    unreadable,
)

_ROW = {"id": "google_1", "domain": "google", "client_id": "1", "client_secret": "canary"}
_ENTRY = {
    "entry_id": "e1",
    "domain": "google",
    "title": "Ann",
    "state": "loaded",
    "source": "user",
    "supports_unload": True,
    "disabled_by": None,
}


def test_an_item_made_by_hand_has_neither_auth_domain_nor_name() -> None:
    assert read_items([_ROW]) == (
        Item("google_1", "google", "1", Secret("canary"), auth_domain=None, name=None),
    )


def test_an_item_of_ours_has_both() -> None:
    item = read_item({**_ROW, "auth_domain": "home.google", "name": "Google", "new_field": 1})

    assert (item.auth_domain, item.name, item.key) == ("home.google", "Google", "home.google")


def test_a_run_is_told_by_how_long_what_is_set_up_once_took() -> None:
    http, slow = {"domain": "http", "seconds": 0.25}, {"domain": "hue", "seconds": 9}

    assert read_run_id([http, slow, "?"]) == read_run_id([http]) == "http=0.25"
    assert read_run_id(None) == ""


def test_an_entry_is_read_with_what_a_reload_needs_to_know() -> None:
    assert read_entries([_ENTRY]) == (
        ConfigEntry(
            "e1", "google", "Ann", "loaded", disabled=False, source="user", auth_domain=None
        ),
    )


@pytest.mark.parametrize("supports_unload", [False, None])
def test_an_entry_that_can_not_be_unloaded(supports_unload: bool | None) -> None:
    (entry,) = read_entries([{**_ENTRY, "supports_unload": supports_unload}])

    assert not entry.supports_unload


def test_an_entry_that_a_person_disabled() -> None:
    (entry,) = read_entries([{**_ENTRY, "disabled_by": "user", "state": "not_loaded"}])

    assert entry.disabled


def test_an_ignored_entry_is_no_account() -> None:
    assert read_entries([{**_ENTRY, "source": "ignore"}]) == ()


def test_integrations_are_what_config_names() -> None:
    assert read_integrations({"domains": ["google"], "integrations": {"google": {}}}) == {"google"}


def test_the_user_is_an_administrator_or_not() -> None:
    assert read_is_admin({"is_admin": True, "name": "Ann"})
    assert not read_is_admin({"is_admin": False})


def test_an_entry_names_its_item_or_none() -> None:
    assert read_item_id({"application_credentials_id": "google_1"}) == "google_1"
    assert read_item_id({}) is None


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (read_items, None),
        (read_items, {}),
        (read_items, [None]),
        (read_item, {**_ROW, "client_secret": None}),
        (read_item, {**_ROW, "client_id": 7}),
        (read_item, {**_ROW, "auth_domain": 7}),
        (read_item, {"id": "google_1"}),
        (read_entries, None),
        (read_entries, [{"entry_id": "e1"}]),
        (read_integrations, {"domains": None}),
        (read_integrations, {"domains": [7]}),
        (read_is_admin, {}),
        (read_item_id, None),
    ],
)
def test_an_answer_of_another_form_is_not_guessed_at(reader: object, value: object) -> None:
    assert callable(reader)
    with pytest.raises(Unreadable) as caught:
        reader(value)

    assert "canary" not in str(caught.value)


def test_what_is_told_names_the_command() -> None:
    problem = unreadable("application_credentials/list", "store house").problem

    assert problem.code == "store-bad-answer"
    assert "`application_credentials/list`" in problem.what
