"""From a loaded manifest to a report: the clock, the secrets and the event loop come in here."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from typing import TYPE_CHECKING

from appcreds_sync.cli.progress import progress_bar
from appcreds_sync.reconcile.run import choose_stores, run
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.model.report import Report
    from appcreds_sync.reconcile.gate import Approve
    from appcreds_sync.reconcile.options import RunOptions


def make_report(
    loaded: LoadedManifest,
    catalogue: Catalogue,
    options: RunOptions,
    *,
    approve: Approve | None = None,
    known: Mapping[Reference, Resolved] | None = None,
) -> Report:
    """Plan, and apply where `options` say so; blocks until every store is done.

    `known` are values that are not where their references point yet.
    """
    manifest = loaded.manifest
    today = dt.datetime.now(tz=dt.UTC).date()
    secrets = SecretReader(manifest.vault, os.environ, known)
    with secrets as reader, progress_bar() as progress:
        reports: list[Report] = []

        async def make() -> None:
            report = await run(
                manifest,
                catalogue,
                reader,
                options,
                today=today,
                progress=progress,
                approve=approve,
            )
            # Not returned: `asyncio.run` makes a repr of its result, twice, when it unhooks Ctrl-C.
            reports.append(report)

        asyncio.run(make())
        return reports[0]


def run_offline(
    base: LoadedManifest, loaded: LoadedManifest, catalogue: Catalogue, options: RunOptions
) -> Report:
    """Compare two manifests; asks neither Vault nor a Home Assistant."""
    from appcreds_sync.reconcile.manifest_diff import compare_manifests  # only here

    stores = choose_stores(loaded.manifest, options.stores)
    return compare_manifests(base.manifest, loaded.manifest, stores, catalogue, options.planning)
