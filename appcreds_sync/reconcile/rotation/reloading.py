"""Reloads the accounts of one identity side by side, and waits until they have settled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from appcreds_sync.model.store import AccountState
    from appcreds_sync.stores.interface import Store

_ON_THE_WAY = frozenset({"setup_in_progress", "unload_in_progress"})
"""States that a reload passes through. A service call answers when it is through; another reload,
of a person or of HA itself, may still be on its way."""
_LOOK_EVERY_SECONDS = 0.2


def can_reload(account: AccountState) -> bool:
    """Tell whether a reload is safe: not where a person switched it off, or it can't unload."""
    return not account.disabled and account.supports_unload and account.state != "failed_unload"


async def read_accounts(
    store: Store, integration: str, entry_ids: Collection[str]
) -> Mapping[str, AccountState]:
    """Return those of `entry_ids` that are still there, by entry id."""
    accounts = await store.accounts(integration)
    return {account.entry_id: account for account in accounts if account.entry_id in entry_ids}


async def reload_and_settle(
    store: Store, integration: str, accounts: Collection[AccountState], settle: float
) -> Mapping[str, AccountState]:
    """Reload `accounts`, wait at most `settle` seconds, and return how they fare then.

    A refused reload is no error: the state that follows says what is the matter.
    """
    entry_ids = frozenset(account.entry_id for account in accounts)
    states: Mapping[str, AccountState] = {}
    try:
        async with asyncio.timeout(settle):
            await asyncio.gather(*(_reload(store, entry_id) for entry_id in entry_ids))
            while True:
                states = await read_accounts(store, integration, entry_ids)
                if not any(_on_its_way(state) for state in states.values()):
                    return states
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        return await read_accounts(store, integration, entry_ids)


def _on_its_way(state: AccountState) -> bool:
    return state.state in _ON_THE_WAY and not state.disabled


async def _reload(store: Store, entry_id: str) -> None:
    try:
        await store.reload(entry_id)
    except CommandRefused:
        return
