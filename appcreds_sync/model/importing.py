"""What an import makes of the items of a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.plan import ItemRef
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class ImportedCredential:
    """A credential to add to the manifest, for the items that it declares as they are."""

    name: str
    integrations: tuple[str, ...]
    client_id: str
    client_secret: Secret | None
    """None: the items have none, and the integrations need none."""
    kept_as: str
    """Under which credential's name the secret is kept: a client's is kept once."""
    display_name: str | None
    """None where the items have none, or do not agree; then names are not compared."""
    auth_domains: Mapping[str, str]
    """By integration: the keys to keep, save those that the credential's name gives anyway."""
    stores: tuple[str, ...]
    """Empty is all."""
    items: tuple[ItemRef, ...]
    """The winners, one for each integration."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An item that needs no import: a credential of the manifest declares its identity."""

    item: ItemRef
    credential: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that is not imported."""

    item: ItemRef
    why: Problem
    needs_a_person: bool
    """False where all is as it should be: Home Assistant made the item for itself."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What is to be added to the manifest, and what is not."""

    credentials: tuple[ImportedCredential, ...] = ()
    declared: tuple[Declared, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    superseded: tuple[ItemRef, ...] = ()
    """Items that do not count beside an imported one, and stay as they are."""
