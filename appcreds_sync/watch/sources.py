"""The files that a manifest and its references rest on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from appcreds_sync.model.declaration import declarations
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.reference import FileReference, ReferenceText, YamlSecretReference
from appcreds_sync.reconcile.resolving import references_of, tokens_of
from appcreds_sync.secrets.vault.settings import files_named
from appcreds_sync.watch.files import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest, VaultSettings
    from appcreds_sync.model.reference import Reference


def manifest_files(path: Path) -> Watched:
    """Return what to watch of the manifest at `path` alone, whether it can be read or not."""
    if path.is_dir():
        return Watched(folders=frozenset({path}))
    return Watched(files=frozenset({path}))


def all_files(path: Path, manifest: Manifest, catalogue: Catalogue) -> Watched:
    """Return what to watch of the manifest, the secrets in files, and the certificates."""
    base = manifest_files(path)
    files = {*base.files, *manifest.files, *vault_files(manifest.vault)}
    for spec in manifest.stores.values():
        if isinstance(spec, LiveStoreSpec) and spec.ca_cert is not None:
            files.add(spec.ca_cert)
        for reference in references_of(declarations(manifest, spec, catalogue)):
            files.update(_files_of(reference))
    for token in tokens_of(manifest.stores.values()).values():
        files.update(_files_of(token))
    return Watched(frozenset(files), base.folders)


def vault_files(vault: VaultSettings) -> Iterator[Path]:
    """Yield the certificates of Vault, and the files with what a login takes."""
    for path in (vault.ca_cert, vault.client_cert, vault.client_key):
        if path is not None:
            yield path
    yield from files_named(os.environ)
    parameters = vault.auth.parameters.values() if vault.auth is not None else ()
    for parameter in parameters:
        if isinstance(parameter, ReferenceText):
            yield from _files_of(parameter.at(""))


def _files_of(reference: Reference) -> tuple[Path, ...]:
    match reference:
        case FileReference():
            return (reference.path,)
        case YamlSecretReference():
            return reference.files
        case _:
            return ()
