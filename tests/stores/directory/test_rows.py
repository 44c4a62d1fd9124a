from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, NewItem
from appcreds_sync.stores.directory.rows import items_by_id, new_row
from tests.stores.directory.builders import CANARY

if TYPE_CHECKING:
    from appcreds_sync.stores.directory.document import JsonObject

PATH = Path("application_credentials")
ROW: dict[str, object] = {"id": "a_b", "domain": "a", "client_id": "b", "client_secret": CANARY}


def document(*rows: dict[str, object]) -> JsonObject:
    return {"data": {"items": list(rows)}}


def test_a_row_is_read_as_home_assistant_uses_it() -> None:
    rows = [
        ROW | {"client_id": " b ", "client_secret": "s\n"},
        ROW | {"id": "x", "auth_domain": "home.x", "name": "X", "new_field": [1]},
        ROW | {"id": "y", "name": None},
    ]
    assert items_by_id(document(*rows), PATH) == {
        "a_b": Item("a_b", "a", " b ", Secret("s\n"), None, None),
        "x": Item("x", "a", "b", Secret(CANARY), "home.x", "X"),
        "y": Item("y", "a", "b", Secret(CANARY), None, None),
    }


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"id": None}, "data.items[1].id should be text, not null"),
        ({"domain": 3}, "data.items[1].domain should be text, not a number"),
        ({"client_id": []}, "data.items[1].client_id should be text, not a list"),
        ({"client_secret": True}, "data.items[1].client_secret should be text, not true or false"),
        ({"auth_domain": None}, "data.items[1].auth_domain should be text, not null"),
        ({"name": {}}, "data.items[1].name should be text, not an object"),
        ({}, "data.items[1] has an id that an earlier item has: a_b"),
    ],
)
def test_a_row_that_home_assistant_does_not_write_is_refused(
    row: dict[str, object], what: str
) -> None:
    with pytest.raises(StoreError) as caught:
        items_by_id(document(ROW, ROW | row), PATH)
    assert caught.value.problem.what == what
    assert CANARY not in str(caught.value)


def test_a_new_row_is_stripped_and_ordered_as_home_assistant_does() -> None:
    row = new_row(NewItem("spotify", " an id\n", Secret("\ts \n"), "home.x", " A name "), ())
    assert list(row.items()) == [
        ("id", "spotify_an_id"),
        ("domain", "spotify"),
        ("client_id", "an id"),
        ("client_secret", "s"),
        ("auth_domain", "home.x"),
        ("name", " A name "),
    ]
