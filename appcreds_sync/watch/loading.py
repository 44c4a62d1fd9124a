"""Keeps the situation up to date: the manifest as it was last good, and its values."""

from __future__ import annotations

import asyncio
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
from appcreds_sync.watch.values import HeldValues, WithoutVault, read_values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.watch.status import Status


_PATIENCE = 2.0
"""Seconds that a manifest waits for Vault, before what needs nothing of it goes on."""
_SETTLED_SECONDS = 2.0
_LOGGED_PROBLEMS = 20


class Loader:
    """Loads manifests, one at a time, and reads values, which may take as long as Vault takes."""

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
        self._wanted: Manifest | None = None
        """The one in force, or about to be."""
        self._reading = asyncio.Lock()
        self._late: asyncio.Task[HeldValues] | None = None
        """A read of the values in force that was not waited for."""

    async def load(self) -> LoadedManifest | None:
        """Load the manifest; a broken one, None, changes nothing but the status.

        One that takes something away may be half written, by an editor or a copy under way: it is
        believed once it has been the same for a while.
        """
        while (loaded := await self._load()) is not None and self._takes_away(loaded.manifest):
            await asyncio.sleep(_SETTLED_SECONDS)
            if await in_thread(lambda: digests(self.watched)) == self.content:
                break
        return loaded

    async def _load(self) -> LoadedManifest | None:
        before = await in_thread(lambda: digests(sources.manifest_files(self._path)))
        try:
            loaded = await in_thread(lambda: manifests.load(self._path, catalogue=self._catalogue))
        except ManifestError as error:
            await self._broken(error, before)
            return None
        manifest = loaded.manifest
        self.watched = await in_thread(
            lambda: sources.all_files(self._path, manifest, self._catalogue)
        )
        # The earlier digest where there are two: what changed in between must still be noticed.
        self.content = {**await in_thread(lambda: digests(self.watched)), **before}
        return loaded

    def _takes_away(self, manifest: Manifest) -> bool:
        if self.situation is None:
            return False
        now = self.situation.manifest
        gone = now.credentials.keys() - manifest.credentials.keys()
        return bool(gone or now.stores.keys() - manifest.stores.keys())

    async def put_in_force(self, loaded: LoadedManifest) -> None:
        """Make a manifest and its values the situation.

        Where Vault keeps us waiting, with what it said last; `refresh` then brings the rest.
        """
        manifest = self._wanted = loaded.manifest
        held = self._held()
        reading = asyncio.create_task(self._read(manifest))
        await asyncio.wait((reading,), timeout=_PATIENCE)
        if reading.done():
            values, self._late = reading.result(), None
        else:
            warn("vault-no-answer-yet", instead="going on with what it said last")
            here = WithoutVault(SecretReader(manifest.vault, os.environ), held)
            values = await in_thread(lambda: read_values(manifest, self._catalogue, here, held))
            self._late = reading
        self._status.manifest_problems = ()
        self._status.manifest_loaded = dt.datetime.now(tz=dt.UTC)
        self._status.owner = manifest.owner
        log("manifest-loaded", stores=len(manifest.stores), credentials=len(manifest.credentials))
        self._take(Situation(manifest, values, loaded.warnings))

    @property
    def is_late(self) -> bool:
        """Whether a read is under way that was not waited for."""
        return self._late is not None

    async def refresh(self) -> frozenset[str]:
        """Read all values again; return the stores for which any has changed."""
        situation = self.situation
        if situation is None:
            return frozenset()
        reading = self._late or asyncio.create_task(self._read(situation.manifest))
        values = await reading
        if self.situation is not situation:
            return frozenset()  # of a manifest that is not in force any more
        self._late = None
        self._take(replace(situation, values=values))
        return values.changed_stores(situation.values)

    def close(self) -> None:
        """Close the connections to Vault."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
            self._reader = None

    async def _broken(self, error: ManifestError, before: Mapping[Path, bytes | None]) -> None:
        # First: whoever hears of it may mend it at once, and that must be noticed.
        base = await in_thread(lambda: sources.manifest_files(self._path))
        self.watched = Watched(self.watched.files | base.files, base.folders)
        self.content = {**await in_thread(lambda: digests(self.watched)), **before}
        self._status.manifest_problems = error.problems
        for problem in error.problems[:_LOGGED_PROBLEMS]:
            warn("manifest-broken", problem=str(problem))
        if (more := len(error.problems) - _LOGGED_PROBLEMS) > 0:
            warn("manifest-broken", problem=f"{more} more; `validate` lists them")

    async def _read(self, manifest: Manifest) -> HeldValues:
        # One at a time: however often a manifest is saved while Vault hangs, one thread hangs.
        async with self._reading:
            if manifest is not self._wanted:
                return self._held()
            reader = await in_thread(lambda: self._reader_for(manifest))
            held = self._held()
            return await in_thread(lambda: read_values(manifest, self._catalogue, reader, held))

    def _held(self) -> HeldValues:
        return self.situation.values if self.situation is not None else HeldValues()

    def _take(self, situation: Situation) -> None:
        self.situation = situation
        manifest, values, warnings = situation.manifest, situation.values, situation.warnings
        now = dt.datetime.now(tz=dt.UTC)
        status = self._status
        for problem in values.failures:
            if problem not in status.value_failures:
                warn("secret-unreadable", problem=str(problem))
        if status.value_failures and not values.failures:
            log("secrets-readable-again")
        status.value_failures = values.failures
        status.unreadable = values.unreadable
        if self._late is None:
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
