"""The Store protocol over a config directory; all changes of a turn are one write."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from appcreds_sync.model.errors import CommandRefused, Problem, StoreError
from appcreds_sync.model.store import Capabilities, Snapshot
from appcreds_sync.stores.directory.collection import read_collection
from appcreds_sync.stores.directory.entries import read_entries
from appcreds_sync.stores.directory.layout import ha_version, locate
from appcreds_sync.stores.directory.locks import Lock, try_lock
from appcreds_sync.stores.directory.writing import begin, commit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from collections.abc import Collection as Domains

    from appcreds_sync.model.manifest import DirectoryStoreSpec
    from appcreds_sync.model.store import AccountState, Item, NewItem, Notification
    from appcreds_sync.stores.directory.collection import Collection
    from appcreds_sync.stores.directory.layout import Layout
    from appcreds_sync.stores.interface import FollowedStore

_T = TypeVar("_T")


@asynccontextmanager
async def open_directory_store(
    spec: DirectoryStoreSpec, *, home_assistant_is_stopped: bool = False
) -> AsyncIterator[FollowedStore]:
    """Open the config directory of `spec`; nothing is locked or written by that.

    Reading is allowed while a Home Assistant runs on it, whose file lags about 10 s behind.
    `home_assistant_is_stopped` is what a person says where it can't be found out; see `writing`.
    Raise StoreError where the directory is none that Home Assistant could use.
    """
    layout = await _run(lambda: locate(spec.directory))
    yield _DirectoryStore(spec.name, layout, declared_stopped=home_assistant_is_stopped)


class _DirectoryStore:
    """A config directory, open for the length of a turn."""

    def __init__(self, name: str, layout: Layout, *, declared_stopped: bool) -> None:
        self._name = name
        self._layout = layout
        self._declared_stopped = declared_stopped
        self._known: Collection | None = None
        """What was read last."""
        self._staged: Collection | None = None
        """What is to be written; None outside of `writing`."""

    @property
    def name(self) -> str:
        """The store's name in the manifest."""
        return self._name

    async def snapshot(self, domains: Domains[str]) -> Snapshot:
        """Read items, and the config entries of `domains` and of every item's domain."""
        items = await self.items()
        concerned = {*domains, *(item.domain for item in items)}
        entries = await _run(lambda: read_entries(self._layout, concerned))
        version = await _run(lambda: ha_version(self._layout))
        return Snapshot(self._name, items, entries, capabilities=Capabilities(version))

    async def items(self) -> tuple[Item, ...]:
        """Read the items, in list order; within `writing`, as they are going to be."""
        if self._staged is not None:
            return self._staged.items
        self._known = await _run(lambda: read_collection(self._layout.credentials))
        return self._known.items

    async def follow(self) -> None:
        """Do nothing: a directory pushes no changes."""

    async def changed(self, poll: float) -> None:
        """Return when the items are others than those that were read or written last."""
        while True:
            await asyncio.sleep(poll)
            known = self._known
            # Not `items`, which a turn that is under way would take for its own reading.
            now = await _run(lambda: read_collection(self._layout.credentials))
            if known is not None and self._known is known and now.items != known.items:
                return

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the directory for changes, and write all of them at the end in one go.

        Nothing is written where the block raises, or changes nothing in the end. Raise StoreError
        on the way in where the directory can't or must not be written: a Home Assistant runs on it
        or may do so, another of us writes, the file has changed since it was read, or could not
        keep its owner. On the way out, StoreError says that any of this has come about since, or
        that writing failed: then the old file is still there.
        """
        layout = self._layout
        with try_lock(layout.directory) as lock:
            if lock is Lock.THEIRS:
                raise StoreError(
                    Problem(
                        "directory-busy",
                        "another appcreds-sync writes to this directory",
                        "wait until it has ended, and try again",
                        str(layout.directory),
                    )
                )
            stopped = self._declared_stopped
            staged = await _run(lambda: begin(layout, self._known, declared_stopped=stopped))
            self._staged = staged
            try:
                yield
                if staged.changed:
                    self._known = await _run(
                        lambda: commit(layout, staged, declared_stopped=stopped)
                    )
            finally:
                self._staged = None

    async def create(self, item: NewItem) -> Item:
        """Create one item, at the end of the list."""
        return self._within_writing().add(item)

    async def delete(self, item_id: str) -> None:
        """Delete one item. An id that is not there is success."""
        self._within_writing().remove(item_id)

    async def reload(self, entry_id: str) -> None:
        """Refuse: there is no Home Assistant to do it."""
        raise CommandRefused(
            Problem(
                "no-home-assistant",
                f"can't reload config entry {entry_id}: no Home Assistant runs on this directory",
                "start Home Assistant, which then reads what was written",
                self._name,
            )
        )

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        """Return none: no Home Assistant runs that could tell."""
        del integration
        return ()

    async def end_reauth(self, flow_id: str) -> None:
        """Do nothing: such flows do not outlive the Home Assistant that began them."""
        del flow_id

    async def run_id(self) -> str:
        """Return nothing: no Home Assistant runs."""
        return ""

    async def notifications(self) -> frozenset[str]:
        """Return none: no Home Assistant runs that could show any."""
        return frozenset()

    async def notify(self, notification: Notification) -> None:
        """Do nothing: nobody would see it."""
        del notification

    async def dismiss(self, notification_id: str) -> None:
        """Do nothing: none is shown."""
        del notification_id

    def _within_writing(self) -> Collection:
        if self._staged is None:
            message = "create and delete belong into `async with store.writing()`"
            raise RuntimeError(message)
        return self._staged


async def _run(work: Callable[[], _T]) -> _T:
    """Run blocking `work` in a thread, and do not leave before it has ended, even when cancelled.

    Otherwise a cancelled turn would give up its lock while the thread still writes.
    """
    task = asyncio.create_task(asyncio.to_thread(work))
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        task.exception()  # or asyncio would report that nobody looked
        raise asyncio.CancelledError
    return task.result()
