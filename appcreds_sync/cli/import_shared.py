"""Finds credentials of other stores that a store holds too, and declares them for it as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync import manifest as manifests
from appcreds_sync.manifest import editing
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.plan import PENDING, Action
from appcreds_sync.planning.importing import plan_import
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.importing import ImportedCredential, ImportPlan
    from appcreds_sync.model.manifest import CredentialSpec, Manifest, StoreSpec
    from appcreds_sync.model.plan import ItemRef
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.secrets.reader import SecretReader

_STANDING = PENDING | {Action.BLOCKED, Action.SHADOWED}


@dataclass(frozen=True, slots=True)
class Shared:
    """A credential that was declared for other stores, and is now for this one too."""

    credential: str
    items: tuple[ItemRef, ...]
    """What it declares there."""


@dataclass(frozen=True, slots=True)
class Importing:
    """What an import looks at."""

    path: Path
    """The manifest, a file or a directory."""
    part: Path
    """The file of it that is edited."""
    catalogue: Catalogue
    reader: SecretReader
    store: StoreSpec
    snapshot: Snapshot


def share(
    importing: Importing, manifest: Manifest, content: bytes, found: ImportPlan
) -> tuple[bytes, ImportPlan, tuple[Shared, ...]]:
    """Return the file, what is left to import, and which credentials now name the store.

    Each is tried: the store must hold just what the credential declares, the secret included.
    """
    shared: list[Shared] = []
    for credential in found.credentials:
        for spec in _candidates(manifest, credential, importing):
            tried = _try(importing, content, spec, credential)
            if tried is not None:
                content, found = tried
                shared.append(Shared(spec.name, credential.items))
                break
    return content, found, tuple(shared)


def _candidates(
    manifest: Manifest, credential: ImportedCredential, importing: Importing
) -> Iterator[CredentialSpec]:
    """Yield those of the same client and integrations that are for other stores, by name."""
    for spec in manifest.credentials.values():
        if (
            spec.client_id == credential.client_id
            and set(spec.integrations) == set(credential.integrations)
            and spec.stores
            and not selects(spec.stores, importing.store)
        ):
            yield spec


def _try(
    importing: Importing, content: bytes, spec: CredentialSpec, credential: ImportedCredential
) -> tuple[bytes, ImportPlan] | None:
    """Return the file with the store added to `spec`, and what is left; None if it does not fit."""
    store, part = importing.store, importing.part
    try:
        edited = editing.add_store(content, spec.name, store.name, part)
        loaded = manifests.load(
            importing.path, catalogue=importing.catalogue, edited={part: edited}
        )
    except ManifestError:  # it stands in another file, or is written in a way that can't be edited
        return None
    manifest = loaded.manifest
    (resolved,) = resolve(manifest, (store,), importing.catalogue, importing.reader).stores
    plan = make_plan(resolved.desired, importing.snapshot)
    if any(it.credential == spec.name and it.action in _STANDING for it in plan.changes):
        return None
    left = plan_import(
        resolved.desired, importing.snapshot, manifest.credentials.keys(), (store.name,)
    )
    declared = {it.item.id for it in left.declared if it.credential == spec.name}
    return (edited, left) if declared == {item.id for item in credential.items} else None
