"""Where the secret of a credential that goes is kept, and how to delete it there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.cli.still_needed import needed_by
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.reference import VaultReference, YamlSecretReference
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.secrets.yaml_secrets import YamlSecrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.model.manifest import CredentialSpec, Manifest, VaultSettings
    from appcreds_sync.model.reference import Reference


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """Where a secret is kept, and whether it may be deleted there."""

    reference: Reference
    stays: str
    """Why it is not for us to delete; empty where it is."""
    file: Path | None = None
    """The `secrets.yaml` that holds it."""

    def __str__(self) -> str:
        """Return the reference as the manifest had it."""
        return str(self.reference)


def kept_secrets(
    spec: CredentialSpec, before: Manifest, after: Manifest, edited: Mapping[Path, bytes]
) -> tuple[KeptSecret, ...]:
    """Return every place where the secret of `spec` is kept, once `after` stands for `before`.

    `edited` holds the content of files that are not written yet.
    """
    if spec.client_secret is None:
        return ()
    stores = [store.name for store in before.stores.values() if selects(spec.stores, store)]
    references = dict.fromkeys(spec.client_secret.at(store) for store in stores)
    return tuple(_kept(reference, after, edited) for reference in references)


def _kept(reference: Reference, after: Manifest, edited: Mapping[Path, bytes]) -> KeptSecret:
    user = needed_by(reference, after, edited)
    if user is not None:
        return KeptSecret(reference, f"{user} needs it")
    match reference:
        case VaultReference(version=None, namespace=None):
            return KeptSecret(reference, "")
        case YamlSecretReference():
            holder = next((path for path in reference.files if _holds(path, reference)), None)
            return KeptSecret(reference, "" if holder else "it could not be read", holder)
        case _:
            return KeptSecret(reference, "delete it by hand")


def delete(secret: KeptSecret, vault: VaultSettings) -> None:
    """Delete it. Raise AppcredsError where that fails."""
    reference = secret.reference
    if isinstance(reference, VaultReference):
        from appcreds_sync.secrets.vault import removing  # imports hvac

        with SecretReader(vault, os.environ) as reader:
            removing.remove(reader.vault_client(), reference)
    elif isinstance(reference, YamlSecretReference) and secret.file is not None:
        from appcreds_sync.secrets.yaml_writing import without_value  # slow

        before = read_file(secret.file) or b""
        after = without_value(before, reference.name, secret.file)
        replace_file(secret.file, before, after)


def _holds(path: Path, reference: YamlSecretReference) -> bool:
    found = YamlSecrets().read(YamlSecretReference(reference.name, (path,)))
    return not isinstance(found, Problem)
