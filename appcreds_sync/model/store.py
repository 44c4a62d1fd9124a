"""What a store holds: items, the config entries that use them, what it can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appcreds_sync.model.identity import Identity, identity_of

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class NewItem:
    """What a create sends."""

    domain: str
    client_id: str
    client_secret: Secret
    auth_domain: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a store."""

    id: str
    domain: str
    client_id: str
    client_secret: Secret
    auth_domain: str | None
    name: str | None

    @property
    def key(self) -> str:
        """The name under which HA registers it: `auth_domain`, or the id where that is absent."""
        return self.id if self.auth_domain is None else self.auth_domain

    def identity(self, catalogue: Catalogue) -> Identity:
        """Return the identity that it belongs to."""
        return identity_of(self.domain, self.key, catalogue)


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """A linked account, as far as it concerns credentials."""

    entry_id: str
    domain: str
    title: str
    state: str | None
    """HA's word (`loaded`, `setup_error`, …); None offline, where there is none."""
    disabled: bool
    source: str
    """HA's word; an entry with `ignore` is not an account."""
    auth_domain: str | None
    """The key of the item that it says it uses; None: it names none that the store knows."""
    tells: bool = True
    """False where the integration does not run, or the item came while the store was read: then
    None above means that nobody knows."""
    supports_unload: bool = True

    @property
    def healthy(self) -> bool:
        """Whether a reload would bring nothing: loaded, disabled, or on its way."""
        return self.disabled or self.state in {None, "loaded", "setup_in_progress"}


@dataclass(frozen=True, slots=True)
class AccountState:
    """How a linked account fares at one moment."""

    entry_id: str
    title: str
    state: str
    """HA's word: `loaded`, `setup_error`, `setup_retry`, …."""
    reason: str | None
    """What HA says of a failed set-up, redacted."""
    reauth_flows: frozenset[str] = frozenset()
    """Ids of the flows that ask a person to sign in again."""
    disabled: bool = False
    supports_unload: bool = True


@dataclass(frozen=True, slots=True)
class Notification:
    """What a store shows to its people. Never holds a secret."""

    id: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this store can do."""

    ha_version: str | None
    """As HA says it; None offline."""
    subscribe: bool = False
    """Changes of items are pushed."""
    reload: bool = False
    """Config entries can be reloaded."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read from a store at one moment."""

    store: str
    items: tuple[Item, ...]
    """In list order, which decides who wins."""
    entries: tuple[ConfigEntry, ...] = ()
    """Of the integrations concerned."""
    integrations: frozenset[str] | None = None
    """What HA supports; None where it can't be known (offline)."""
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(None))
