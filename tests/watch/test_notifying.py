"""What a real Home Assistant shows is in test_notifications."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from appcreds_sync.model.errors import Problem
from appcreds_sync.watch.incidents import Incident
from appcreds_sync.watch.notifying import Notifier

if TYPE_CHECKING:
    from appcreds_sync.model.store import Notification
    from appcreds_sync.stores.interface import FollowedStore

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


class _Shows:
    """What is told to a store, in order; days can't be made to pass in a real one."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def run_id(self) -> str:
        return "a"

    async def notifications(self) -> frozenset[str]:
        return frozenset()

    async def notify(self, notification: Notification) -> None:
        self.told.append(notification.message)


def _expires(code: str, words: str) -> Incident:
    return Incident("expires:google", Problem(code, f"the secret of google {words}", ""), NOW)


async def test_other_words_for_the_same_are_told_once_and_something_else_again() -> None:
    store, notifier = _Shows(), Notifier()
    for incident in (
        _expires("expires-soon", "expires in 2 days"),
        _expires("expires-soon", "expires tomorrow"),
        _expires("expired", "expired"),
    ):
        await notifier.show(cast("FollowedStore", store), "home", [incident])

    assert store.told == [
        "the secret of google expires in 2 days.",
        "the secret of google expired.",
    ]
