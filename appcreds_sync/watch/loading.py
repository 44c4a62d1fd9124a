"""Keeps the situation up to date: the manifest as it was last good, and its values."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync import manifest as manifests
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.reconcile.expiry import expiry_warnings
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.watch import sources
from appcreds_sync.watch.background import in_thread
from appcreds_sync.watch.events import log, warn
from appcreds_sync.watch.files import Watched, digests
from appcreds_sync.watch.situation import Situation
from appcreds_sync.watch.values import HeldValues, read_values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.watch.status import Status


class Loader:
    """Loads and reads; its methods are called by one task at a time."""

    def __init__(self, path: Path, catalogue: Catalogue, status: Status) -> None:
        """Take the manifest's path, absolute; it need not exist."""
        self._path = path
        self._catalogue = catalogue
        self._status = status
        self._reader: SecretReader | None = None
        self._reader_of: object = None
        self.situation: Situation | None = None
        """The one in force; None until a manifest could be loaded."""
        self.watched = Watched()
        self.content: Mapping[Path, bytes | None] = {}
        """Digests of what is watched, as of just before it was read."""

    async def load(self) -> LoadedManifest | None:
        """Load the manifest; a broken one, None, changes nothing but the status."""
        before = await in_thread(lambda: digests(sources.manifest_files(self._path)))
        try:
            loaded = await in_thread(lambda: manifests.load(self._path, catalogue=self._catalogue))
        except ManifestError as error:
            self._broken(error, before)
            return None
        manifest = loaded.manifest
        self.watched = await in_thread(
            lambda: sources.all_files(self._path, manifest, self._catalogue)
        )
        # The earlier digest where there are two: what changed in between must still be noticed.
        self.content = {**await in_thread(lambda: digests(self.watched)), **before}
        self._status.manifest_problems = ()
        self._status.manifest_loaded = dt.datetime.now(tz=dt.UTC)
        self._status.owner = manifest.owner
        log("manifest-loaded", stores=len(manifest.stores), credentials=len(manifest.credentials))
        return loaded

    async def put_in_force(self, loaded: LoadedManifest) -> None:
        """Read the values of a manifest; from then on it is the situation."""
        await self._read(loaded.manifest, loaded)

    async def refresh(self) -> frozenset[str]:
        """Read all values again; return the stores for which any has changed."""
        if self.situation is None:
            return frozenset()
        before = self.situation.values
        await self._read(self.situation.manifest, None)
        return self.situation.values.changed_stores(before)

    def close(self) -> None:
        """Close the connections to Vault."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
            self._reader = None

    def _broken(self, error: ManifestError, before: Mapping[Path, bytes | None]) -> None:
        self._status.manifest_problems = error.problems
        for problem in error.problems:
            warn("manifest-broken", problem=str(problem))
        base = sources.manifest_files(self._path)
        self.watched = Watched(self.watched.files | base.files, base.folders)
        self.content = {**digests(self.watched), **before}

    async def _read(self, manifest: Manifest, loaded: LoadedManifest | None) -> None:
        reader = self._reader_for(manifest)
        held = self.situation.values if self.situation is not None else HeldValues()
        values = await in_thread(lambda: read_values(manifest, self._catalogue, reader, held))
        warnings = self.situation.warnings if self.situation is not None else ()
        if loaded is not None:
            warnings = loaded.warnings
        self.situation = Situation(manifest, values, warnings)
        now = dt.datetime.now(tz=dt.UTC)
        status = self._status
        for problem in values.failures:
            if problem not in status.value_failures:
                warn("secret-unreadable", problem=str(problem))
        if status.value_failures and not values.failures:
            log("secrets-readable-again")
        status.value_failures = values.failures
        status.values_read = now
        expiring = expiry_warnings(manifest, now.date())
        status.warnings = (*warnings, *values.warnings, *expiring)

    def _reader_for(self, manifest: Manifest) -> SecretReader:
        """Return the reader with its login, or a new one where Vault's settings have changed."""
        paths = tuple(sources.vault_files(manifest.vault))
        wanted = (
            replace(manifest.vault, mark=None),
            tuple(digests(Watched(frozenset(paths))).items()),
        )
        if self._reader is None or wanted != self._reader_of:
            self.close()
            self._reader = SecretReader(manifest.vault, os.environ)
            self._reader_of = wanted
        return self._reader
