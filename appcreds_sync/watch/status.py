"""What is known of the daemon and each store, as whoever looks from outside may see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.report import StoreReport
    from appcreds_sync.watch.incidents import Incident
    from appcreds_sync.watch.waking import Cause


class State(StrEnum):
    """How a store fares."""

    STARTING = "starting"
    """No turn has ended yet."""
    IN_SYNC = "in-sync"
    DRIFTED = "drifted"
    """Changes are due, and `watch.heal` is off."""
    NEEDS_A_PERSON = "needs-a-person"
    """Nothing failed; a guard, a block or a shadow stands."""
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn that has ended."""

    turn: str
    """Its id, as in the logs."""
    causes: frozenset[Cause]
    started: dt.datetime
    seconds: float
    state: State
    summary: str
    """What it did, in a few words."""


@dataclass(frozen=True, slots=True)
class CredentialStatus:
    """One declared credential of one store, for one integration."""

    name: str
    integration: str
    state: str
    """`in-sync`, `unknown`, or the word for what is or was to be done."""
    expires: dt.date | None = None
    accounts: tuple[str, ...] = ()
    """Titles of the accounts that use it, where the last plan had to know."""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """One store."""

    name: str
    address: str
    """URL or directory."""
    state: State = State.STARTING
    connected: bool = False
    report: StoreReport | None = None
    """Of the last turn."""
    turns: tuple[TurnRecord, ...] = ()
    """The newest first, at most `KEPT_TURNS`."""
    last_success: dt.datetime | None = None
    incidents: tuple[Incident, ...] = ()
    credentials: tuple[CredentialStatus, ...] = ()


KEPT_TURNS = 10


@dataclass(slots=True)
class Status:
    """The whole; only the event loop changes it, and each store's part is replaced as one."""

    started: dt.datetime
    stores: Mapping[str, StoreStatus] = field(default_factory=lambda: MappingProxyType({}))
    owner: str = ""
    manifest_problems: tuple[Problem, ...] = ()
    """Why the file as it is now is not in force; empty where it is."""
    manifest_loaded: dt.datetime | None = None
    warnings: tuple[Problem, ...] = ()
    values_read: dt.datetime | None = None
    """When all references were last read, be it with failures."""
    value_failures: tuple[Problem, ...] = ()
    unreadable: int = 0
    """How many references could not be read, for these reasons."""

    def put(self, store: StoreStatus) -> None:
        """Replace one store's part."""
        self.stores = MappingProxyType({**self.stores, store.name: store})

    def remove(self, name: str) -> None:
        """Forget a store that has left the manifest."""
        self.stores = MappingProxyType(
            {other: store for other, store in self.stores.items() if other != name}
        )

    def not_ready(self) -> tuple[str, ...]:
        """Say why the daemon is not ready, in words without a secret; nothing where it is."""
        reasons = [f"manifest: {problem}" for problem in self.manifest_problems]
        if self.manifest_loaded is None:
            reasons.append("manifest: not loaded yet")
        elif self.values_read is None:
            reasons.append("secrets: not read yet")
        reasons += [f"secrets: {problem}" for problem in self.value_failures]
        for store in self.stores.values():
            if store.state is State.STARTING:
                reasons.append(f"store {store.name}: no turn has ended yet")
            elif store.state is State.FAILING:
                first = store.incidents[0].problem.what if store.incidents else "failing"
                reasons.append(f"store {store.name}: {first}")
        return tuple(reasons)
