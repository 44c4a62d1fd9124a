"""The steps of `add`: inform, ask, plan with what is not written yet, write, sync."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appcreds_sync import manifest as manifests
from appcreds_sync.cli.add_questions import client_secret, free_name, keeper_of
from appcreds_sync.cli.asking import ask_text
from appcreds_sync.cli.learning import known_integrations
from appcreds_sync.cli.render import render
from appcreds_sync.cli.render.integrations import describe
from appcreds_sync.cli.running import make_report
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.manifest import editing, entries
from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.model.importing import ImportedCredential
from appcreds_sync.model.report import exit_code
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from appcreds_sync.cli.add_questions import Wish
    from appcreds_sync.cli.import_places import Keeper
    from appcreds_sync.cli.learning import Known
    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is to be written; nothing is yet."""

    path: Path
    """The manifest, a file or a directory."""
    part: Path
    before: bytes
    after: bytes
    loaded: LoadedManifest
    """As it will be."""
    catalogue: Catalogue
    name: str
    keeper: Keeper
    reader: SecretReader
    stores: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The file, as a person would name it."""
        here = Path.cwd()
        return str(self.part.relative_to(here) if self.part.is_relative_to(here) else self.part)


def prepare(argument: Path | None, wish: Wish) -> Draft:
    """Inform, ask for what is missing, and show the plan; write nothing.

    Raise AppcredsError where that can't be had or makes no valid manifest.
    """
    catalogue = load_catalogue()
    text = None if argument is None else str(argument)
    path = manifests.find(text, os.environ, Path.cwd())
    manifest = manifests.load(path, catalogue=catalogue).manifest
    choose_stores(manifest, wish.stores)
    for integration in wish.integrations:
        _inform(known_integrations(path, wish.stores, integration, offline=False), integration)
    name = free_name(manifest, wish)
    client_id = ask_text("Client id", "--client-id", wish.client_id)
    secret = client_secret(catalogue, wish)
    part = editing.choose_part(manifest.files)
    reader = SecretReader(manifest.vault, os.environ)
    keeper = keeper_of(part, reader, wish, manifest)
    entry = entries.NewEntry(
        ImportedCredential(
            name=name,
            integrations=wish.integrations,
            client_id=client_id,
            client_secret=secret,
            kept_as=name,
            display_name=None,
            auth_domains={},
            stores=wish.stores,
            items=(),
        ),
        None if secret is None else keeper.reference(name),
        wish.expires,
    )
    before = read_file(part) or b""
    after = editing.add_credentials(before, [entry], part)
    loaded = manifests.load(path, catalogue=catalogue, edited={part: after})
    keeper.prepare({} if secret is None else {name: secret})
    draft = Draft(path, part, before, after, loaded, catalogue, name, keeper, reader, wish.stores)
    for line in entries.block(entry, 2):
        click.echo(line)
    _show_plan(draft, secret)
    return draft


def write(draft: Draft) -> None:
    """Write the secret, then the manifest. Raise AppcredsError, which names what was written."""
    written: list[str] = []
    try:
        with draft.reader:
            draft.keeper.write(written.append)
        replace_file(draft.part, draft.before, draft.after)
    except AppcredsError as error:
        raise type(error)([*error.problems, _unfinished(written, draft)]) from error
    for place in written:
        click.echo(f"wrote {place}")
    click.echo(f"added {draft.name} to {draft.loaded.manifest.credentials[draft.name].mark}")


def sync(draft: Draft) -> int:
    """Make the stores as the manifest says; return the exit code."""
    loaded = manifests.load(draft.path, catalogue=draft.catalogue)
    report = make_report(loaded, draft.catalogue, RunOptions(apply=True, stores=draft.stores))
    code = exit_code(report)
    click.echo(render(report, "text", code), nl=False)
    if code:
        click.echo(
            f"{draft.name} stays declared in {draft.shown}; mend what is said above, "
            "then appcreds-sync sync"
        )
    else:
        click.echo(f"next: {link_command(draft)}")
    return int(code)


def link_command(draft: Draft) -> str:
    """Return what links an account by the new credential."""
    return f"appcreds-sync link {draft.name}"


def _inform(known: Known, integration: str) -> None:
    """Say where to get a client, and stop where no store could use it."""
    for line in describe(known, integration):
        click.echo(line)
    asked = [store for store in known.stores if store.supports(integration) is not None]
    if asked and not any(store.supports(integration) for store in asked):
        names = ", ".join(store.store for store in asked)
        what = f"{names}: no integration {integration} there that takes application credentials"
        hint = "install it or update Home Assistant first"
        raise AppcredsError(Problem("integration-unknown", what, hint))


def _show_plan(draft: Draft, secret: Secret | None) -> None:
    spec = draft.loaded.manifest.credentials[draft.name]
    known = {}
    if spec.client_secret is not None and secret is not None:
        known[spec.client_secret.at("")] = Resolved(secret)
    options = RunOptions(stores=draft.stores)
    report = make_report(draft.loaded, draft.catalogue, options, known=known)
    click.echo(render(report, "text", exit_code(report)), nl=False)


def _unfinished(written: list[str], draft: Draft) -> Problem:
    kept = f"written before that: {', '.join(written)}" if written else "nothing was written"
    return Problem(
        "add-unfinished",
        f"{kept}; {draft.shown} and the stores are as they were",
        "mend it, then run the same command again: a value that is there is left as it is",
    )
