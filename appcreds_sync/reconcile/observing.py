"""A look at stores side by side, as a turn begins with, and no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.reconcile.opening import open_store
from appcreds_sync.reconcile.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.reconcile.resolving import ResolvedStore
    from appcreds_sync.secrets.reader import SecretReader

_AT_ONCE = 16
"""Stores that are read at the same time."""


@dataclass(frozen=True, slots=True)
class ObservedStore:
    """One store beside what is declared for it."""

    spec: StoreSpec
    desired: Desired
    snapshot: Snapshot | None
    """None where it could not be read."""
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    """Its token is in Vault, which was not to be asked."""


@dataclass(frozen=True, slots=True)
class Observation:
    """All stores that were looked at."""

    stores: tuple[ObservedStore, ...]
    failures: tuple[Problem, ...]
    """References that could not be read, each once."""
    warnings: tuple[Problem, ...]


async def observe(
    manifest: Manifest,
    specs: Sequence[StoreSpec],
    catalogue: Catalogue,
    reader: SecretReader,
    *,
    read_secrets: bool = True,
) -> Observation:
    """Read every store of `specs`, and the values declared for it; change nothing.

    With `read_secrets` off, Vault is not asked. What is wrong is in the result, nothing is raised.
    """
    resolution = await asyncio.to_thread(
        resolve, manifest, specs, catalogue, reader, read_secrets=read_secrets
    )
    slots = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        looks = [group.create_task(_look(store, slots)) for store in resolution.stores]
    return Observation(
        tuple(task.result() for task in looks), resolution.failures, resolution.warnings
    )


async def _look(resolved: ResolvedStore, slots: asyncio.Semaphore) -> ObservedStore:
    spec, desired, token = resolved.spec, resolved.desired, resolved.token
    if isinstance(token, Problem):
        return ObservedStore(spec, desired, None, (token,))
    if isinstance(token, NotRead):
        return ObservedStore(spec, desired, None, skipped=True)
    try:
        # Reading is allowed whether or not a Home Assistant runs on a directory.
        async with slots, open_store(spec, token, home_assistant_is_stopped=False) as store:
            return ObservedStore(spec, desired, await store.snapshot(desired.integrations))
    except StoreError as error:
        return ObservedStore(spec, desired, None, error.problems)
