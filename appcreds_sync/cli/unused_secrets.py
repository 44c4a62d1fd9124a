"""Secrets that nothing in the manifest names any more, and how to delete them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import LiveStoreSpec, selects
from appcreds_sync.model.reference import ReferenceText, VaultReference, YamlSecretReference
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.secrets.yaml_secrets import YamlSecrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appcreds_sync.model.manifest import CredentialSpec, Manifest, VaultSettings
    from appcreds_sync.model.reference import Reference


@dataclass(frozen=True, slots=True)
class Deletable:
    """One value that can be deleted."""

    reference: VaultReference | YamlSecretReference
    file: Path | None = None
    """The `secrets.yaml` that holds it."""

    def __str__(self) -> str:
        """Return the reference as the manifest had it."""
        return str(self.reference)


def unused_secrets(
    spec: CredentialSpec, before: Manifest, after: Manifest
) -> tuple[Deletable, ...]:
    """Return where the secret of `spec` is kept, unless something in `after` is kept there too.

    Values in the environment, in files, of a fixed version or in a namespace of their own are for
    the person to delete.
    """
    if spec.client_secret is None:
        return ()
    needed = set(_references(after))
    stores = [store.name for store in before.stores.values() if selects(spec.stores, store)]
    mine = dict.fromkeys(spec.client_secret.at(store) for store in stores)
    found = (_deletable(reference) for reference in mine if reference not in needed)
    return tuple(secret for secret in found if secret is not None)


def delete(secret: Deletable, vault: VaultSettings) -> None:
    """Delete it. Raise AppcredsError where that fails."""
    reference = secret.reference
    if isinstance(reference, VaultReference):
        from appcreds_sync.secrets.vault import removing  # imports hvac

        with SecretReader(vault, os.environ) as reader:
            removing.remove(reader.vault_client(), reference)
    elif secret.file is not None:
        from appcreds_sync.secrets.yaml_writing import without_value  # slow

        before = read_file(secret.file) or b""
        after = without_value(before, reference.name, secret.file)
        replace_file(secret.file, before, after)


def _deletable(reference: Reference) -> Deletable | None:
    match reference:
        case VaultReference(version=None, namespace=None):
            return Deletable(reference)
        case YamlSecretReference():
            holder = next((path for path in reference.files if _holds(path, reference)), None)
            return None if holder is None else Deletable(reference, holder)
        case _:
            return None


def _holds(path: Path, reference: YamlSecretReference) -> bool:
    found = YamlSecrets().read(YamlSecretReference(reference.name, (path,)))
    return not isinstance(found, Problem)


def _references(manifest: Manifest) -> Iterator[Reference]:
    for store in manifest.stores.values():
        if isinstance(store, LiveStoreSpec):
            yield store.token.at(store.name)
        for spec in manifest.credentials.values():
            if selects(spec.stores, store):
                if isinstance(spec.client_id, ReferenceText):
                    yield spec.client_id.at(store.name)
                if spec.client_secret is not None:
                    yield spec.client_secret.at(store.name)
