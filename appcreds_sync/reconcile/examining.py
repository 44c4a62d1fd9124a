"""Looks at everything that a run needs: references, Vault, every store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.finding import Finding, Level, errors, ok
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.model.secret import Secret
from appcreds_sync.reconcile.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.reconcile.resolving import Resolution, ResolvedStore
    from appcreds_sync.secrets.reader import SecretReader

_AT_ONCE = 16


async def examine(
    manifest: Manifest, specs: Sequence[StoreSpec], catalogue: Catalogue, reader: SecretReader
) -> tuple[Finding, ...]:
    """Return what was found, in the order in which a run needs it; nothing is changed or raised."""
    resolution = await asyncio.to_thread(resolve, manifest, specs, catalogue, reader)
    in_vault = [item for item in resolution.references if isinstance(item, VaultReference)]
    vault: Iterable[Finding] = ()
    if in_vault:
        vault = await asyncio.to_thread(reader.check_vault, in_vault)
    said = set(resolution.failures)
    slots = asyncio.Semaphore(_AT_ONCE)
    stores = await asyncio.gather(*(_store(store, slots) for store in resolution.stores))
    return (
        *_references(resolution),
        *(finding for finding in vault if finding.problem not in said),
        *(finding for findings in stores for finding in findings),
    )


def _references(resolution: Resolution) -> tuple[Finding, ...]:
    area, number = "references", len(resolution.references)
    failed = errors(area, resolution.failures)
    warned = tuple(Finding(area, Level.WARNING, problem) for problem in resolution.warnings)
    if failed:
        return (*failed, *warned)
    match number:
        case 0:
            what = "the manifest has none"
        case 1:
            what = "the only one can be read"
        case _:
            what = f"all {number} can be read"
    return (ok(area, "references", what), *warned)


async def _store(resolved: ResolvedStore, slots: asyncio.Semaphore) -> tuple[Finding, ...]:
    spec, token, area = resolved.spec, resolved.token, f"store {resolved.spec.name}"
    async with slots:
        if isinstance(spec, LiveStoreSpec):
            if not isinstance(token, Secret):
                problem = Problem(
                    "token-not-read", "its token could not be read", "mend the reference above"
                )
                return errors(area, [problem])
            # Here, so that a look at directories alone does not pay for websockets.
            from appcreds_sync.stores.home_assistant import checkup

            return await checkup.examine(spec, token, resolved.desired.integrations)
        from appcreds_sync.stores.directory import checkup as directory_checkup

        return await asyncio.to_thread(directory_checkup.examine, spec)
