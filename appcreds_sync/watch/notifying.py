"""Shows a store's incidents in its Home Assistant: one notification each, taken back in time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from appcreds_sync.model.store import Notification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appcreds_sync.stores.interface import FollowedStore
    from appcreds_sync.watch.incidents import Incident

_TITLE = "Application credentials"


class Notifier:
    """Of one store."""

    def __init__(self) -> None:
        self._shown: dict[str, Notification] = {}
        self._told: FollowedStore | None = None
        """The connection over which that was."""

    async def show(self, store: FollowedStore, owner: str, incidents: Iterable[Incident]) -> None:
        """Make the store show `incidents`, and no others of this owner. Raise StoreError.

        What a person has dismissed is not shown again, until Home Assistant or we start anew.
        """
        wanted = {n.id: n for n in (_notification(owner, incident) for incident in incidents)}
        if store is not self._told:
            prefix = _prefix(owner)
            there = {name for name in await store.notifications() if name.startswith(prefix)}
            self._shown = {name: Notification(name, "", "") for name in there}
            self._told = store
        for name in self._shown.keys() - wanted.keys():
            await store.dismiss(name)
            del self._shown[name]
        for name, notification in wanted.items():
            if self._shown.get(name) != notification:
                await store.notify(notification)
                self._shown[name] = notification


def _notification(owner: str, incident: Incident) -> Notification:
    problem = incident.problem
    # Of the key: what is said of one incident may change, and it stays one notification.
    digest = hashlib.sha256(incident.key.encode()).hexdigest()[:12]
    message = f"{problem.what}.\n\n{problem.hint}" if problem.hint else f"{problem.what}."
    if problem.where:
        message += f"\n\n({problem.where})"
    return Notification(f"{_prefix(owner)}{digest}", _TITLE, message)


def _prefix(owner: str) -> str:
    return f"appcreds_sync_{owner}_"
