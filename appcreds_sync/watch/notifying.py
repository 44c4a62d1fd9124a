"""Shows a store's incidents in its Home Assistant: one notification each, taken back in time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from appcreds_sync.model.store import Notification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.stores.interface import FollowedStore
    from appcreds_sync.watch.incidents import Incident

_TITLE = "Application credentials"


class Notifier:
    """Of one store."""

    def __init__(self) -> None:
        self._store: FollowedStore | None = None
        self._run: str | None = None
        """The run of Home Assistant that all this is about."""
        self._told: dict[str, str] = {}
        """By notification, the code of what it said, be it still shown or dismissed."""

    async def show(self, store: FollowedStore, owner: str, incidents: Iterable[Incident]) -> None:
        """Make the store show `incidents`, and no others of this owner. Raise StoreError.

        Each is told once: neither other words for the same nor a new connection bring back what a
        person has dismissed. Home Assistant forgets them when it ends, so its next run is told.
        """
        wanted = {_name(owner, incident): incident.problem for incident in incidents}
        if store is not self._store:
            await self._begin(store, owner)
        for name in self._told.keys() - wanted.keys():
            await self._dismiss(store, name)
        for name, problem in wanted.items():
            if self._told.get(name) != problem.code:
                await store.notify(Notification(name, _TITLE, _message(problem)))
                self._told[name] = problem.code

    async def _begin(self, store: FollowedStore, owner: str) -> None:
        if (run := await store.run_id()) != self._run:
            there = await store.notifications()
            # What an earlier daemon left may be about anything.
            self._told = {name: "" for name in there if name.startswith(_prefix(owner))}
            self._run = run
        self._store = store

    async def take_back(self, store: FollowedStore) -> None:
        """Take back all that was shown. Raise StoreError."""
        for name in tuple(self._told):
            await self._dismiss(store, name)

    async def _dismiss(self, store: FollowedStore, name: str) -> None:
        await store.dismiss(name)
        del self._told[name]


def _message(problem: Problem) -> str:
    text = f"{problem.what}.\n\n{problem.hint}" if problem.hint else f"{problem.what}."
    return text if problem.where is None else f"{text}\n\n({problem.where})"


def _name(owner: str, incident: Incident) -> str:
    # Of the key: what is said of one incident may change, and it stays one notification.
    digest = hashlib.sha256(incident.key.encode()).hexdigest()[:12]
    return f"{_prefix(owner)}{digest}"


def _prefix(owner: str) -> str:
    return f"appcreds_sync_{owner}_"
