"""What a person declared, checked and typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from appcreds_sync.model.listening import DEFAULT_LISTEN, Listen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.model.mark import Mark
    from appcreds_sync.model.reference import ReferenceText


@dataclass(frozen=True, slots=True)
class VaultAuth:
    """How to log in to Vault."""

    method: Literal["token", "approle", "kubernetes", "jwt", "userpass", "cert"] = "token"
    mount: str | None = None
    """Where the method is mounted, without `auth/`; None is the method's default."""
    parameters: Mapping[str, str | ReferenceText] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """What the method asks for (`role_id`, `secret_id`, `role`, `jwt`, `username`, `password`,
    `token`, `name`); never a reference into Vault itself."""


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """Where Vault is. What is None is taken from the `VAULT_*` variables, as the vault CLI does."""

    address: str | None = None
    namespace: str | None = None
    ca_cert: Path | None = None
    ca_path: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    tls_server_name: str | None = None
    auth: VaultAuth | None = None
    timeout: float | None = None
    """Seconds, for one request."""
    concurrency: int = 16
    """How many reads are under way at once."""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class LiveStoreSpec:
    """A running Home Assistant."""

    name: str
    url: str
    """`http(s)://host[:port][/prefix]`, or `ws(s)://…` to the WebSocket itself (an add-on)."""
    token: ReferenceText
    labels: frozenset[str]
    mark: Mark
    ca_cert: Path | None = None
    verify_tls: bool = True
    timeout: float = 10.0
    """Seconds, for the connection and for each answer."""


@dataclass(frozen=True, slots=True)
class DirectoryStoreSpec:
    """The config directory of a Home Assistant that is stopped, or was never started."""

    name: str
    directory: Path
    """Absolute."""
    labels: frozenset[str]
    mark: Mark


StoreSpec = LiveStoreSpec | DirectoryStoreSpec


@dataclass(frozen=True, slots=True)
class CredentialSpec:
    """One declared credential, for one or more integrations and stores."""

    name: str
    integrations: tuple[str, ...]
    client_id: str | ReferenceText
    """May hold `{store}`."""
    client_secret: ReferenceText | None
    """None: the integrations need none."""
    display_name: str | None
    """What Home Assistant shows; None is the credential's name, and then not compared."""
    stores: tuple[str, ...]
    """Names or labels of stores; empty is all."""
    auth_domains: Mapping[str, str | Mapping[str, str]]
    """By integration: the key to keep, or a mapping of store to key."""
    if_unsupported: Literal["block", "skip"]
    expires: dt.date | None
    mark: Mark
    token_url: str | None = None


@dataclass(frozen=True, slots=True)
class AbsentRule:
    """What must not exist, whoever made it."""

    integration: str
    match: Literal["id", "auth_domain", "client_id"]
    value: str
    stores: tuple[str, ...]
    """Names or labels of stores; empty is all."""
    mark: Mark


@dataclass(frozen=True, slots=True)
class Policy:
    """What a turn may do."""

    prune: Literal["owned", "never"] = "owned"
    max_deletes: int = 5
    """Identities that one turn may leave without an item, in one store."""
    verify: Literal["auto", "require", "off"] = "auto"
    settle: float = 20.0
    """Seconds to wait for reloaded config entries."""
    expires_warn: dt.timedelta = dt.timedelta(days=30)
    """How long ahead of `expires` to warn."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How the daemon goes about it. Durations in seconds."""

    heal: bool = True
    """Undo what others change; False only reports it."""
    interval: float = 300.0
    """Between two full looks at a store."""
    vault_interval: float = 60.0
    """Between two reads of every reference."""
    poll_interval: float = 15.0
    """Between two looks at a store that pushes no changes."""
    notify: bool = True
    """Show incidents in the Home Assistant concerned."""
    listen: Listen = DEFAULT_LISTEN
    """Where the status page is."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that the files of one manifest say."""

    owner: str
    former_owners: tuple[str, ...]
    vault: VaultSettings
    stores: Mapping[str, StoreSpec]
    credentials: Mapping[str, CredentialSpec]
    absent: tuple[AbsentRule, ...]
    policy: Policy
    files: tuple[Path, ...]
    """Every file that was read, absolute."""
    watch: WatchSettings = field(default_factory=WatchSettings)


def selects(selectors: tuple[str, ...], store: StoreSpec) -> bool:
    """Tell whether `selectors` (names or labels; none is all) choose the store."""
    if not selectors:
        return True
    return store.name in selectors or not store.labels.isdisjoint(selectors)
