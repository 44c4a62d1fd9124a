"""One store's connection, kept from turn to turn."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.reconcile.opening import open_store
from appcreds_sync.watch.background import in_thread
from appcreds_sync.watch.files import Watched, digests
from appcreds_sync.watch.mistakes import mistake_of_ours

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.stores.interface import FollowedStore


_NOWHERE = Mark("", 0, 0)


class Link:
    """Opens the store when it is needed, follows it while it is open, tells when it is lost.

    All methods but `lost` belong to one task.
    """

    def __init__(
        self, on_change: Callable[[], None], on_loss: Callable[[], None], poll: float
    ) -> None:
        """Take who is told of changes and of the loss; `poll` seconds where none are pushed."""
        self._on_change = on_change
        self._on_loss = on_loss
        self.poll = poll
        self.lost = False
        self._stack = AsyncExitStack()
        self._store: FollowedStore | None = None
        self._opened_with: object = None

    @asynccontextmanager
    async def borrowed(
        self, spec: StoreSpec, token: Secret | None, *, home_assistant_is_stopped: bool
    ) -> AsyncIterator[FollowedStore]:
        """Return the store for a turn: the open one, if `spec` and `token` still lead there."""
        wanted = await essence(spec, token)
        if self._store is None or self.lost or wanted != self._opened_with:
            await self.close()
            async with AsyncExitStack() as stack:
                opened = open_store(
                    spec, token, home_assistant_is_stopped=home_assistant_is_stopped
                )
                store = await stack.enter_async_context(opened)
                # Before the turn looks: nothing that comes after its look may be missed.
                await store.follow()
                following = asyncio.create_task(self._follow(store))
                stack.push_async_callback(_end, following)
                self._stack = stack.pop_all()
            self._store, self._opened_with, self.lost = store, wanted, False
        yield self._store

    @property
    def store(self) -> FollowedStore | None:
        """The open store, or None."""
        return None if self.lost else self._store

    async def close(self) -> None:
        """Close the store, if it is open."""
        self._store = self._opened_with = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    async def _follow(self, store: FollowedStore) -> None:
        try:
            while True:
                await store.changed(self.poll)
                self._on_change()
        except StoreError:
            self.lost = True
            self._on_loss()
        except Exception as error:  # noqa: BLE001  # or nobody would hear of changes any more
            mistake_of_ours(error)
            self.lost = True
            self._on_loss()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def essence(spec: StoreSpec, token: Secret | None) -> object:
    """Return what a connection hangs on: not where the manifest says so, but what it says."""
    plain = replace(spec, mark=_NOWHERE, labels=frozenset())
    if not isinstance(plain, LiveStoreSpec):
        return plain
    plain = replace(plain, token=replace(plain.token, mark=_NOWHERE))
    authority = Watched(frozenset({plain.ca_cert} if plain.ca_cert is not None else ()))
    return plain, token, await in_thread(lambda: dict(digests(authority)))
