"""Changes that others make to a store's items, told apart from our own."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from appcreds_sync.model.store import Item, NewItem
    from appcreds_sync.stores.home_assistant.connection import Connection

_T = TypeVar("_T")

_Key = tuple[str, str, str | None]
"""What an event and a create have in common: domain, client id, auth domain."""

_SUBSCRIBE_SINCE = (2024, 7)
"""Of `application_credentials/subscribe`: 2024.7.4 has it, 2024.6.4 not (helpers/collection.py)."""


class Changes:
    """What others do to a store; our own events, which precede their answers, do not count."""

    def __init__(self) -> None:
        self._made = 0
        self._seen: tuple[int, tuple[Item, ...]] | None = None
        self._created: Counter[_Key] = Counter()
        self._deleted: Counter[str] = Counter()
        self._others = asyncio.Event()
        self._begun = False

    def creating(self, item: NewItem) -> None:
        """Expect the event of a create that is about to be sent."""
        self._made += 1
        self._created[_key_of(item)] += 1

    def not_created(self, item: NewItem) -> None:
        """Expect it no longer: the create failed."""
        self._created[_key_of(item)] -= 1

    def deleting(self, item_id: str) -> None:
        """Expect the event of a delete that is about to be sent."""
        self._made += 1
        self._deleted[item_id] += 1

    def not_deleted(self, item_id: str) -> None:
        """Expect it no longer: the delete failed, or there was nothing to delete."""
        self._deleted[item_id] -= 1

    def hear(self, event: object) -> None:
        """Take one event. The first only lists what is there (Home Assistant 2024.7 to 2026.11)."""
        if not self._begun:
            self._begun = True
            return
        rows = event if isinstance(event, list) else [event]
        # All of them: each that is ours has to be ticked off.
        if [row for row in rows if not self._is_ours(row)]:
            self._others.set()

    def seen(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Take a list that was read, by whomever, and return it."""
        before, self._seen = self._seen, (self._made, items)
        if self._begun or before is None:
            return items  # where events come, the list says nothing new
        # A difference may be ours where we were at work since; that turn reads again at its end.
        if before[0] == self._made and before[1] != items:
            self._others.set()
        return items

    async def wait(self) -> None:
        """Return when somebody else has changed something since this returned last."""
        await self._others.wait()
        self._others.clear()

    def _is_ours(self, row: object) -> bool:
        match row:
            case {"change_type": "removed", "application_credentials_id": str(item_id)}:
                return _tick_off(self._deleted, item_id)
            case {
                "change_type": "added",
                "item": {"domain": str(domain), "client_id": str(client_id), **rest},
            }:
                auth_domain = rest.get("auth_domain")
                key = (domain, client_id, auth_domain if isinstance(auth_domain, str) else None)
                return _tick_off(self._created, key)
            case _:
                return False


class Following:
    """Waits for changes on one connection, or for its end."""

    def __init__(self, connection: Connection, changes: Changes) -> None:
        self._connection = connection
        self._changes = changes
        self.pushed = can_subscribe(connection.ha_version)
        """Whether events come; else one has to look."""

    async def changed(self, look: Callable[[], Awaitable[object]], poll: float) -> None:
        """Return when somebody else has changed something; `look` every `poll` s if need be.

        Raise StoreUnavailable when the connection has ended.
        """
        tasks: list[asyncio.Task[None]] = [
            asyncio.create_task(self._end()),
            asyncio.create_task(self._changes.wait()),
        ]
        if not self.pushed:
            tasks.append(asyncio.create_task(_every(poll, look)))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def _end(self) -> None:
        raise await self._connection.lost()


async def _every(seconds: float, look: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await look()


def can_subscribe(ha_version: str) -> bool:
    """Tell whether a Home Assistant of this version pushes changes of items."""
    year, _, rest = ha_version.partition(".")
    month = rest.partition(".")[0]
    if not (year.isdecimal() and month.isdecimal()):
        return False
    return (int(year), int(month)) >= _SUBSCRIBE_SINCE


def _key_of(item: NewItem) -> _Key:
    return item.domain, item.client_id.strip(), item.auth_domain


def _tick_off(expected: Counter[_T], key: _T) -> bool:
    ours = expected[key] > 0
    expected[key] -= 1
    if expected[key] <= 0:
        del expected[key]  # what stays would grow with every name that was ever seen
    return ours
