"""What one store should hold, with every value read, or known to be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.declaration import Declaration
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.manifest import AbsentRule, Policy
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value that was read from where a reference points."""

    value: Secret
    version: int | None = None
    """Of the secret in KV v2; None where the source has no versions."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A value that was not asked for (`plan --no-secrets`): unknown, and never a change."""


@dataclass(frozen=True, slots=True)
class DesiredCredential:
    """A declaration with its values."""

    declaration: Declaration
    client_id: str | NotRead | Problem
    client_secret: Resolved | NotRead | Problem


@dataclass(frozen=True, slots=True)
class Desired:
    """All that the manifest wants of one store."""

    store: str
    owner: str
    former_owners: tuple[str, ...]
    credentials: tuple[DesiredCredential, ...]
    absent: tuple[AbsentRule, ...]
    policy: Policy
    catalogue: Catalogue
