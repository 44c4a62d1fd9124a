"""What all stores share at one moment: the manifest in force, and its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.watch.values import HeldValues


@dataclass(frozen=True, slots=True)
class Situation:
    """A manifest and the values that were read for it; replaced as one."""

    manifest: Manifest
    values: HeldValues
    warnings: tuple[Problem, ...] = ()
    """Of the manifest itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What each store's loop is handed."""

    catalogue: Catalogue
    situation: Callable[[], Situation]
    """The one in force now."""
    slots: asyncio.Semaphore
    """Stores that are read or changed at once."""
    calls: asyncio.Semaphore
    """Stores that are called at once: many more, as those that do not answer keep theirs long."""
    home_assistant_is_stopped: bool = False
