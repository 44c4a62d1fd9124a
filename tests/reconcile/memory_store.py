"""A store in memory, which fails where a test says so: what no real one does on demand."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreUnavailable
from appcreds_sync.model.store import AccountState, Capabilities, ConfigEntry, Item, Snapshot
from tests.planning.builders import INTEGRATIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from appcreds_sync.model.store import NewItem

GONE = StoreUnavailable(Problem("store-gone", "the connection broke", "sync again"))
LIVE = Capabilities("2025.4.4", subscribe=True, reload=True)


@dataclass
class MemoryStore:
    """Implements `stores.interface.Store`; `calls` says what was asked, in order."""

    held: list[Item] = field(default_factory=list)
    entries: list[ConfigEntry] = field(default_factory=list)
    capabilities: Capabilities = LIVE
    fails: dict[str, Exception] = field(default_factory=dict)
    """By call, as `calls` has it (`create home.a`), or by its first word; `leave` is the end of
    `writing`."""
    calls: list[str] = field(default_factory=list)
    name: str = "house"

    async def snapshot(self, domains: Collection[str]) -> Snapshot:
        self._called("snapshot")
        concerned = {*domains, *(item.domain for item in self.held)}
        entries = tuple(self._told(entry) for entry in self.entries if entry.domain in concerned)
        return Snapshot(self.name, tuple(self.held), entries, INTEGRATIONS, self.capabilities)

    async def items(self) -> tuple[Item, ...]:
        self._called("items")
        return tuple(self.held)

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        self._called("writing")
        yield
        if "leave" in self.fails:
            raise self.fails["leave"]

    async def create(self, item: NewItem) -> Item:
        self._called(f"create {item.auth_domain}")
        made = Item(
            f"made-{len(self.calls)}",
            item.domain,
            item.client_id,
            item.client_secret,
            item.auth_domain,
            item.name,
        )
        self.held.append(made)
        return made

    async def delete(self, item_id: str) -> None:
        self._called(f"delete {item_id}")
        self.held = [item for item in self.held if item.id != item_id]

    async def reload(self, entry_id: str) -> None:
        self._called(f"reload {entry_id}")
        self.entries = [
            replace(entry, state="loaded") if entry.entry_id == entry_id else entry
            for entry in self.entries
        ]

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        self._called("accounts")
        return tuple(
            AccountState(entry.entry_id, entry.title, entry.state or "", None)
            for entry in self.entries
            if entry.domain == integration
        )

    async def end_reauth(self, flow_id: str) -> None:
        self._called(f"end_reauth {flow_id}")

    async def run_id(self) -> str:
        return ""

    def _told(self, entry: ConfigEntry) -> ConfigEntry:
        """Return the entry as HA tells it: its key only while an item has that key."""
        keys = {(item.domain, item.key) for item in self.held}
        if (entry.domain, entry.auth_domain) in keys:
            return entry
        return replace(entry, auth_domain=None, tells=entry.disabled or entry.state == "loaded")

    def _called(self, call: str) -> None:
        self.calls.append(call)
        for name in (call, call.split(maxsplit=1)[0]):
            if name in self.fails:
                raise self.fails[name]
