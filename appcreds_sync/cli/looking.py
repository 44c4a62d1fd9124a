"""A look at the stores of a manifest, for commands that change nothing there."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from appcreds_sync.reconcile.observing import observe
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.reconcile.observing import Observation


def look(
    manifest: Manifest,
    specs: Sequence[StoreSpec],
    catalogue: Catalogue,
    *,
    read_secrets: bool = True,
) -> Observation:
    """Read the stores of `specs`, blocking; what is wrong is in the result."""
    with SecretReader(manifest.vault, os.environ) as reader:
        return asyncio.run(observe(manifest, specs, catalogue, reader, read_secrets=read_secrets))


def unreadable(found: Observation) -> bool:
    """Tell whether something could not be read, so that the exit code is 1."""
    return bool(found.failures) or any(store.problems for store in found.stores)
