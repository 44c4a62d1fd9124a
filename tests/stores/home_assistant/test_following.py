from __future__ import annotations

import asyncio
from typing import Any

import pytest

from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, NewItem
from appcreds_sync.stores.home_assistant.following import Changes, can_subscribe

OURS = NewItem("netatmo", "client ", Secret("s"), "home.netatmo", "netatmo")


def _added(client_id: str = "client", auth_domain: str | None = "home.netatmo") -> dict[str, Any]:
    item = {"id": "x", "domain": "netatmo", "client_id": client_id, "auth_domain": auth_domain}
    return {"change_type": "added", "application_credentials_id": "x", "item": item}


def _removed(item_id: str = "x") -> dict[str, Any]:
    return {"change_type": "removed", "application_credentials_id": item_id, "item": {}}


def _item(item_id: str) -> Item:
    return Item(item_id, "netatmo", "client", Secret("s"), None, None)


@pytest.fixture
def changes() -> Changes:
    """One whose subscription has begun."""
    begun = Changes()
    begun.hear([_added("was there")])
    return begun


async def _woken(changes: Changes) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await changes.wait()
    except TimeoutError:
        return False
    return True


async def test_the_list_at_the_start_is_no_change(changes: Changes) -> None:
    assert not await _woken(changes)


async def test_what_others_do_wakes_once(changes: Changes) -> None:
    changes.hear([_added(), _removed()])

    assert await _woken(changes)
    assert not await _woken(changes)


async def test_our_own_changes_do_not_wake_and_the_same_by_others_do(changes: Changes) -> None:
    changes.creating(OURS)
    changes.deleting("old")
    changes.hear([_added(), _removed("old")])
    assert not await _woken(changes)

    changes.hear([_added()])
    assert await _woken(changes)
    changes.hear([_removed("old")])
    assert await _woken(changes)


async def test_what_failed_is_expected_no_longer(changes: Changes) -> None:
    changes.creating(OURS)
    changes.not_created(OURS)
    changes.deleting("old")
    changes.not_deleted("old")

    changes.hear([_added()])
    assert await _woken(changes)
    changes.hear([_removed("old")])
    assert await _woken(changes)


async def test_an_event_of_another_form_wakes_rather_than_none(changes: Changes) -> None:
    changes.hear({"change_type": "updated"})

    assert await _woken(changes)


class TestWithoutEvents:
    async def test_two_lists_that_differ_are_a_change(self) -> None:
        changes = Changes()
        changes.seen((_item("a"),))
        assert not await _woken(changes)
        changes.seen((_item("a"),))
        assert not await _woken(changes)
        changes.seen((_item("b"),))
        assert await _woken(changes)

    async def test_unless_we_were_at_work_in_between(self) -> None:
        changes = Changes()
        changes.seen(())
        changes.creating(OURS)
        changes.seen((_item("a"),))

        assert not await _woken(changes)


@pytest.mark.parametrize(
    ("version", "can"),
    [
        ("2024.6.4", False),
        ("2024.7.0b1", True),
        ("2024.10.0", True),
        ("2026.11.0", True),
        ("?", False),
    ],
)
def test_who_pushes(version: str, *, can: bool) -> None:
    assert can_subscribe(version) is can
