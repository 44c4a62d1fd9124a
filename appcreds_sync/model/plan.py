"""The changes between what is desired and what a store holds: pure data, no secret in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.verdict import Verdict


class Action(StrEnum):
    """What is to be done about one identity or item."""

    CREATE = "create"
    REPLACE = "replace"
    DELETE = "delete"
    BLOCKED = "blocked"
    RETAINED = "retained"
    SHADOWED = "shadowed"


PENDING = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})
"""The actions that `apply` carries out; the others only say why nothing is done."""

Field = Literal["client_id", "client_secret", "name"]


@dataclass(frozen=True, slots=True, order=True)
class EntryRef:
    """A config entry, as a person knows it."""

    entry_id: str
    title: str
    state: str | None
    certain: bool = True
    """False: it may use the credential; its integration does not run, so HA can't tell, or what
    it uses was made while the store was read."""


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item, without its secret."""

    id: str
    domain: str
    client_id: str
    auth_domain: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a plan."""

    action: Action
    identity: Identity
    credential: str | None
    """The declared credential's name; None where nothing is declared (a delete)."""
    item: ItemRef | None = None
    """The item concerned: the winner to be replaced, the item to be deleted or retained."""
    client_id: str | None = None
    """The declared one, where it could be read."""
    differs: tuple[Field, ...] = ()
    """For a replace: what the winner has otherwise. Of a secret, only that it differs."""
    used_by: tuple[EntryRef, ...] = ()
    intended: Action | None = None
    """For `blocked`: what would be done if it were not."""
    reason: Problem | None = None
    """Why: always there for blocked, retained and shadowed; for others where a word is due."""
    secret_version: int | None = None
    """The version in KV v2 of the secret to be put to work; None where it has no versions."""
    verdict: Verdict | None = None
    """For a replace under linked accounts: what the provider says of the new secret, if asked."""

    @property
    def rotates(self) -> bool:
        """Whether it puts another client or secret under linked accounts."""
        return self.action is Action.REPLACE and bool(self.used_by) and self.differs != ("name",)

    @property
    def relinks(self) -> bool:
        """Whether the accounts must be linked again: their tokens belong to the old client."""
        if self.resumes and self.item is not None:  # then the winner is as declared already
            return self.rotates and self.item.client_id.strip() != self.client_id
        return self.rotates and "client_id" in self.differs

    @property
    def resumes(self) -> bool:
        """Whether it goes on with a replace that was cut off: the new item is there already."""
        return self.action is Action.REPLACE and not self.differs


class GuardKind(StrEnum):
    """Why a plan as a whole needs a person's word."""

    MAX_DELETES = "max-deletes"
    EMPTY = "empty"
    OTHER_OWNER = "other-owner"


@dataclass(frozen=True, slots=True)
class Guard:
    """A plan that may be right, and is more likely a mistake."""

    kind: GuardKind
    problem: Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn would do in one store."""

    store: str
    changes: tuple[Change, ...]
    guards: tuple[Guard, ...]
    unchanged: int
    """Declared identities that are as they should be."""
    unmanaged: int
    """Items that are not ours."""
    unmanaged_same_client: tuple[ItemRef, ...] = ()
    """Unmanaged items that share integration and client id with a declared credential."""
    not_compared: tuple[Identity, ...] = ()
    """Declared identities with a value that was not read (`--no-secrets`), else unchanged."""
    skipped: tuple[Identity, ...] = ()
    """Declared `if_unsupported: skip`, not as declared, and this HA has no such integration."""

    def pending(self) -> tuple[Change, ...]:
        """Return what `apply` would carry out, in its order."""
        return tuple(change for change in self.changes if change.action in PENDING)
