"""What `add` asks for, unless it was said on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.asking import ask_secret, ask_text, at_terminal
from appcreds_sync.cli.import_places import VaultKeeper, YamlKeeper
from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.reference import STORE_PLACEHOLDER

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from appcreds_sync.cli.import_places import Keeper
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.reader import SecretReader


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person said on the command line."""

    integrations: tuple[str, ...]
    name: str | None
    client_id: str | None
    secret_from_stdin: bool
    to: str | None
    """`vault` or `secrets-yaml`; None is `vault` with a path, else where the others are."""
    vault_path: str | None
    """The template of the path."""
    expires: dt.date | None
    stores: tuple[str, ...]


def free_name(manifest: Manifest, wish: Wish) -> str:
    """Return the name of the new credential. Raise UsageError where it is taken."""
    name = wish.name or wish.integrations[0]
    taken = manifest.credentials.get(name)
    if taken is None:
        return name
    if wish.name is None and at_terminal():
        number = 2
        while f"{name}-{number}" in manifest.credentials:
            number += 1
        click.echo(f"there is a credential {name} at {taken.mark}")
        return ask_text("Name of the new one", "--name", None, default=f"{name}-{number}")
    what = f"there is a credential {name} already"
    hint = "give another --name; to change its secret, write a new one to where it is kept"
    raise UsageError(Problem("name-taken", what, hint, str(taken.mark)))


def client_secret(catalogue: Catalogue, wish: Wish) -> Secret | None:
    """Return the secret; None where the integrations need none."""
    needed = any(facts_of(catalogue, name).secret_required for name in wish.integrations)
    if not needed:
        return None
    return ask_secret("Client secret", from_stdin=wish.secret_from_stdin)


def keeper_of(part: Path, reader: SecretReader, wish: Wish, manifest: Manifest) -> Keeper:
    """Return where to keep the secret. Raise UsageError where that does not make sense."""
    template = wish.vault_path
    if template is None and wish.to != "secrets-yaml":
        template = _usual_path(manifest)
    if template is None and wish.to == "vault":
        what = "--to vault needs --vault-path: no other credential has a path of its name in Vault"
        raise UsageError(Problem("no-vault-path", what, "write --vault-path 'kv/ha/{credential}'"))
    if template is None:
        return YamlKeeper(part.parent / "secrets.yaml")
    if STORE_PLACEHOLDER in template:
        what = f"--vault-path can't hold {STORE_PLACEHOLDER} here: one secret is kept"
        raise UsageError(Problem("bad-vault-path", what, "write kv/ha/{credential}, say"))
    return VaultKeeper(template, "", reader, part.parent)


def _usual_path(manifest: Manifest) -> str | None:
    """Return the template by which the first other credential is kept in Vault, if any is."""
    for spec in manifest.credentials.values():
        text = "" if spec.client_secret is None else spec.client_secret.text
        path, _, key = text.removeprefix("vault://").partition("#")
        folder, _, last = path.rpartition("/")
        if text.startswith("vault://") and last == spec.name and STORE_PLACEHOLDER not in text:
            return f"{folder}/{{credential}}#{key}"
    return None
