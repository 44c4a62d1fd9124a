"""The loops of all stores: one for each that the manifest in force declares."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from appcreds_sync.watch.events import log, warn
from appcreds_sync.watch.status import StoreStatus
from appcreds_sync.watch.store_loop import StoreLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from appcreds_sync.watch.situation import Shared
    from appcreds_sync.watch.status import Status
    from appcreds_sync.watch.waking import Cause

_GOODBYE_SECONDS = 3.0
"""For stores to hang up, once their tasks are cancelled."""


class Fleet:
    """Begins and ends loops as stores come and go."""

    def __init__(
        self,
        shared: Shared,
        status: Status,
        publish: Callable[[StoreStatus], None],
        on_mistake: Callable[[], None],
    ) -> None:
        """Take who is told of each turn, and of a loop that a mistake of ours has ended."""
        self._shared = shared
        self._status = status
        self._publish = publish
        self._on_mistake = on_mistake
        self._stores: dict[str, tuple[StoreLoop, asyncio.Task[None]]] = {}
        self._draining = False

    def take_up(self) -> None:
        """Begin with stores that are new in the manifest, and end with those that are gone."""
        declared = self._shared.situation().manifest.stores
        for name in self._stores.keys() - declared.keys():
            self._stores[name][0].stop()
        for name in declared:
            if name not in self._stores:
                self._status.put(StoreStatus(name, ""))
                loop = StoreLoop(name, self._shared, self._publish)
                task = asyncio.create_task(loop.run(), name=f"store {name}")
                task.add_done_callback(functools.partial(self._ended, name))
                self._stores[name] = (loop, task)

    def wake(self, cause: Cause, names: Collection[str]) -> None:
        """Ask for a turn of each of `names`; those that are not there need none."""
        for name in names:
            if name in self._stores:
                self._stores[name][0].wake(cause)

    def names(self) -> frozenset[str]:
        """Return the stores that have a loop."""
        return frozenset(self._stores)

    def forget_refusals(self) -> None:
        """Let what was refused be tried again, everywhere."""
        for loop, _ in self._stores.values():
            loop.forget_refusals()

    async def drain(self, seconds: float) -> bool:
        """Let every store finish what is in hand; tell whether that took too long for any."""
        self._draining = True
        tasks = [task for _, task in self._stores.values()]
        for loop, _ in self._stores.values():
            loop.stop()
        if not tasks:
            return False
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            warn("not-finished-in-time", task=task.get_name())
            task.cancel()
        await asyncio.wait(tasks, timeout=_GOODBYE_SECONDS)
        return bool(late)

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._stores.pop(name, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            warn("store-loop-broke", store=name, error=type(error).__name__)
            self._on_mistake()
        elif not self._draining:
            log("store-left", store=name)
            self._status.remove(name)
            self.take_up()  # it may have come back while its last turn was under way
