"""Many stores in memory, for whole runs."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.run import run
from appcreds_sync.secrets.reader import SecretReader
from tests.planning.builders import CATALOGUE
from tests.reconcile.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from appcreds_sync.model.errors import StoreError
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.report import Report, StoreReport
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.reconcile.gate import Approve

TODAY: Final = dt.date(2027, 1, 1)
_ENVIRONMENT: Final = {"TOKEN": "canary-token", "SECRET": "secret-1"}


@dataclass
class Crowd:
    """Stores in memory, by name, and how many of them were busy at once."""

    stores: dict[str, MemoryStore] = field(default_factory=dict)
    refuses: dict[str, StoreError] = field(default_factory=dict)
    """Stores that can't be opened."""
    opened: Counter[str] = field(default_factory=Counter)
    busy: int = 0
    most_busy: int = 0

    @contextlib.asynccontextmanager
    async def open_store(self, spec: StoreSpec, *_: object, **__: object) -> AsyncIterator[Any]:
        if spec.name in self.refuses:
            raise self.refuses[spec.name]
        self.opened[spec.name] += 1
        try:
            yield Busy(self, self.stores.setdefault(spec.name, MemoryStore(name=spec.name)))
        finally:
            self.opened[spec.name] -= 1


@dataclass
class Busy:
    """A store that takes its time to be read."""

    crowd: Crowd
    store: MemoryStore

    async def snapshot(self, domains: Any) -> Snapshot:
        self.crowd.busy += 1
        self.crowd.most_busy = max(self.crowd.most_busy, self.crowd.busy)
        for _ in range(5):
            await asyncio.sleep(0)
        self.crowd.busy -= 1
        return await self.store.snapshot(domains)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def sync(
    wish: Manifest,
    *,
    approve: Approve | None = None,
    apply: bool = True,
    **options: Any,
) -> Report:
    with SecretReader(wish.vault, _ENVIRONMENT) as reader:
        return await run(
            wish,
            CATALOGUE,
            reader,
            RunOptions(apply=apply, **{"verify": "off", **options}),
            today=TODAY,
            approve=approve,
        )


def of(report: Report, name: str) -> StoreReport:
    return next(store for store in report.stores if store.store == name)
