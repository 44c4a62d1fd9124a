"""From the command line to findings on everything that a manifest needs."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync import manifest as manifests
from appcreds_sync.model.counting import counted
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.finding import Finding, Level, errors, ok
from appcreds_sync.model.report import ExitCode
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile import examining
from appcreds_sync.reconcile.expiry import expiry_warnings
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.watch import file_system

if TYPE_CHECKING:
    from collections.abc import Sequence


def examine(argument: Path | None, stores: Sequence[str]) -> tuple[Finding, ...]:
    """Return what was found, in the order in which a run needs it; blocks.

    Raise UsageError for a store that is not there; a manifest that can't be used is a finding.
    """
    catalogue = load_catalogue()
    text = None if argument is None else str(argument)
    try:
        path = manifests.find(text, os.environ, Path.cwd())
        loaded = manifests.load(path, catalogue=catalogue)
    except ManifestError as error:
        return errors("manifest", error.problems)
    declared = loaded.manifest
    specs = choose_stores(declared, stores)
    credentials = counted(len(declared.credentials), "credential")
    warnings = (*loaded.warnings, *expiry_warnings(declared, dt.datetime.now(tz=dt.UTC).date()))
    about = f"{path.name} is valid: {credentials}, {counted(len(specs), 'store')}"
    with SecretReader(declared.vault, os.environ) as reader:
        needed = asyncio.run(examining.examine(declared, specs, catalogue, reader))
    return (
        ok("manifest", "manifest", about),
        *(Finding("manifest", Level.WARNING, problem) for problem in warnings),
        *needed,
        *file_system.examine(declared.files),
    )


def severity(found: Sequence[Finding]) -> ExitCode:
    """Return the exit code that the gravest finding asks for."""
    levels = {finding.level for finding in found}
    if Level.ERROR in levels:
        return ExitCode.FAILED
    return ExitCode.NEEDS_A_PERSON if Level.WARNING in levels else ExitCode.OK
