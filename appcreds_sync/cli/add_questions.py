"""What `add` asks for, unless it was said on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.add_places import InSecretsYaml, InVault
from appcreds_sync.cli.asking import ask_secret, ask_text, at_terminal, need_terminal
from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.reference import STORE_PLACEHOLDER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from appcreds_sync.cli.add_places import Place
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import CredentialSpec, Manifest, StoreSpec
    from appcreds_sync.model.secret import Secret


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

    def wants_secret(self, catalogue: Catalogue) -> bool:
        """Tell whether there is a secret to keep: one is needed, or was brought along."""
        needed = any(facts_of(catalogue, name).secret_required for name in self.integrations)
        return needed or self.secret_from_stdin


def check_answers(wish: Wish, catalogue: Catalogue) -> None:
    """Raise UsageError where something is left to be asked and there is nobody to ask."""
    if wish.client_id is None:
        need_terminal("--client-id")
    if wish.wants_secret(catalogue) and not wish.secret_from_stdin:
        need_terminal("--secret-stdin")


def free_name(manifest: Manifest, wish: Wish) -> str:
    """Return the name of the new credential. Raise UsageError where it is taken, or is none."""
    if wish.name is not None:
        return _checked_name(wish.name, manifest)
    name = wish.integrations[0]
    taken = manifest.credentials.get(name)
    if taken is None or not at_terminal():
        return _checked_name(name, manifest)
    number = 2
    while f"{name}-{number}" in manifest.credentials:
        number += 1
    click.echo(f"there is a credential {name} at {taken.mark}")
    told = ask_text("Name of the new one", "--name", None, default=f"{name}-{number}")
    return _checked_name(told, manifest)


def _checked_name(name: str, manifest: Manifest) -> str:
    if not re.fullmatch("[a-z0-9_-]+", name):
        what = "a credential's name is made of a-z, 0-9, underscores and hyphens"
        raise UsageError(Problem("bad-name", what, "give another --name"))
    taken = manifest.credentials.get(name)
    if taken is not None:
        what = f"there is a credential {name} already"
        hint = "give another --name; to change its secret, write a new one to where it is kept"
        raise UsageError(Problem("name-taken", what, hint, str(taken.mark)))
    return name


def new_client_id(manifest: Manifest, wish: Wish, stores: Iterable[StoreSpec]) -> str:
    """Return the client id. Raise UsageError where it is declared for the same already.

    Home Assistant would take it, and ask a person who links an account to choose between two
    options that look the same.
    """
    client_id = ask_text("Client id", "--client-id", wish.client_id)
    chosen = tuple(stores)
    for spec in manifest.credentials.values():
        both = sorted(set(wish.integrations).intersection(spec.integrations))
        if spec.client_id == client_id and both and _meet(spec, chosen):
            what = f"{spec.name} declares this client for {', '.join(both)} already"
            hint = "to change its secret, write a new one to where it is kept"
            raise UsageError(Problem("client-declared", what, hint, str(spec.mark)))
    return client_id


def _meet(spec: CredentialSpec, stores: Iterable[StoreSpec]) -> bool:
    return any(selects(spec.stores, store) for store in stores)


def client_secret(catalogue: Catalogue, wish: Wish) -> Secret | None:
    """Return the secret; None where the integrations need none and none was brought along."""
    if not wish.wants_secret(catalogue):
        return None
    return ask_secret("Client secret", from_stdin=wish.secret_from_stdin)


def place_of(part: Path, name: str, wish: Wish, manifest: Manifest) -> Place:
    """Return where to keep the secret. Raise UsageError where that does not make sense."""
    template = wish.vault_path
    if template is None and wish.to != "secrets-yaml":
        template = _usual_path(manifest)
    if template is None and wish.to == "vault":
        what = "--to vault needs --vault-path: no other credential has a path of its name in Vault"
        raise UsageError(Problem("no-vault-path", what, "write --vault-path 'kv/ha/{credential}'"))
    if template is None:
        return InSecretsYaml(part.parent / "secrets.yaml", name)
    return InVault(template, name, part.parent)


def _usual_path(manifest: Manifest) -> str | None:
    """Return the template by which the first other credential is kept in Vault, if any is."""
    for spec in manifest.credentials.values():
        text = "" if spec.client_secret is None else spec.client_secret.text
        path, _, key = text.removeprefix("vault://").partition("#")
        folder, _, last = path.rpartition("/")
        if text.startswith("vault://") and last == spec.name and STORE_PLACEHOLDER not in text:
            return f"{folder}/{{credential}}#{key}"
    return None
