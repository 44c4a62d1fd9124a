"""The steps of an import: look, declare, keep the secrets, and only then write the manifest."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync import manifest as manifests
from appcreds_sync.cli.import_places import VaultKeeper, YamlKeeper
from appcreds_sync.cli.import_report import ImportReport
from appcreds_sync.cli.import_shared import Importing, share
from appcreds_sync.cli.running import make_report
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.manifest import editing, entries
from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import AppcredsError, Problem, SecretsError, UsageError
from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.planning.importing import plan_import
from appcreds_sync.reconcile.opening import open_store
from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.resolving import resolve
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from appcreds_sync.cli.import_places import Keeper
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.importing import ImportPlan
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.reconcile.resolving import ResolvedStore


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person said."""

    store: str
    vault_path: str | None
    """The template of paths; None is `secrets.yaml`."""
    dry_run: bool = False


def import_store(path: Path, catalogue: Catalogue, options: ImportOptions) -> ImportReport:
    """Declare in the manifest at `path` what the store holds, and keep its secrets.

    Secrets first, then the manifest, in one step each: whenever we die, nothing is lost, and the
    same call again goes on. Raise AppcredsError; it says what was written before.
    """
    loaded = manifests.load(path, catalogue=catalogue)
    manifest = loaded.manifest
    spec = _store(manifest, options.store)
    part = editing.choose_part(manifest.files)
    with SecretReader(manifest.vault, os.environ) as reader:
        resolution = resolve(manifest, (spec,), catalogue, reader)
        found, snapshot = _look(manifest, resolution.stores[0])
        keeper = _keeper(part, reader, options)
        before = read_file(part) or b""
        importing = Importing(path, part, catalogue, reader, spec, snapshot)
        content, found, shared = share(importing, manifest, before, found)
        draft = _Draft(part, before, content, _entries(found, keeper))
        manifests.load(path, catalogue=catalogue, edited={part: draft.after})
        secrets = {
            entry.kept_as: entry.client_secret
            for entry in found.credentials
            if entry.client_secret is not None
        }
        values = keeper.prepare(secrets)
        if not options.dry_run:
            _write(keeper, draft)
    report = ImportReport(
        store=spec.name,
        plan=found,
        shared=shared,
        manifest=_shown(part),
        lines=draft.lines,
        values=values,
        warnings=(*loaded.warnings, *resolution.warnings),
        dry_run=options.dry_run,
        next_plan_is_empty=None,
    )
    if options.dry_run:
        return report
    return replace(report, next_plan_is_empty=_is_settled(path, catalogue, options))


@dataclass(frozen=True, slots=True)
class _Draft:
    """The file of the manifest, before and after."""

    part: Path
    before: bytes
    content: bytes
    """With the store named by credentials of others; without `new`."""
    new: tuple[entries.NewEntry, ...]

    @property
    def after(self) -> bytes:
        return editing.add_credentials(self.content, self.new, self.part)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for entry in self.new for line in entries.block(entry, 2))


def _store(manifest: Manifest, name: str) -> StoreSpec:
    spec = manifest.stores.get(name)
    if spec is None:
        hint = f"there are: {', '.join(sorted(manifest.stores))}"
        raise UsageError(Problem("unknown-store", f"--store {name} is no store", hint))
    return spec


def _look(manifest: Manifest, resolved: ResolvedStore) -> tuple[ImportPlan, Snapshot]:
    snapshot = asyncio.run(_snapshot(resolved))
    # With one store only, `stores` would be noise, and stand in the way of a second one.
    stores = (resolved.spec.name,) if len(manifest.stores) > 1 else ()
    return plan_import(resolved.desired, snapshot, manifest.credentials.keys(), stores), snapshot


async def _snapshot(resolved: ResolvedStore) -> Snapshot:
    token = resolved.token
    if isinstance(token, Problem):
        raise SecretsError(token)
    assert not isinstance(token, NotRead)  # all was asked for
    # It is only read, which needs no word on whether a Home Assistant runs there.
    async with open_store(resolved.spec, token, home_assistant_is_stopped=False) as store:
        return await store.snapshot(frozenset())


def _keeper(part: Path, reader: SecretReader, options: ImportOptions) -> Keeper:
    if options.vault_path is None:
        return YamlKeeper(part.parent / "secrets.yaml")
    return VaultKeeper(options.vault_path, options.store, reader, part.parent)


def _entries(found: ImportPlan, keeper: Keeper) -> tuple[entries.NewEntry, ...]:
    return tuple(
        entries.NewEntry(
            entry, None if entry.client_secret is None else keeper.reference(entry.kept_as)
        )
        for entry in found.credentials
    )


def _write(keeper: Keeper, draft: _Draft) -> None:
    written: list[str] = []
    try:
        keeper.write(written.append)
        if draft.after != draft.before:
            replace_file(draft.part, draft.before, draft.after)
    except AppcredsError as error:
        raise type(error)([*error.problems, _unfinished(written, draft)]) from error


def _unfinished(written: list[str], draft: _Draft) -> Problem:
    kept = f"written before that: {', '.join(written)}" if written else "nothing was written"
    return Problem(
        "import-unfinished",
        f"{kept}; {_shown(draft.part)} and the store are as they were",
        "mend it, then run the same command again: a value that is there is left as it is",
    )


def _is_settled(path: Path, catalogue: Catalogue, options: ImportOptions) -> bool | None:
    loaded = manifests.load(path, catalogue=catalogue)
    planning = RunOptions(apply=False, stores=(options.store,))
    code = exit_code(make_report(loaded, catalogue, planning), detailed=True)
    return None if code is ExitCode.FAILED else code is ExitCode.OK


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
