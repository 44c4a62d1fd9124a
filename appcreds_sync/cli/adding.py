"""The steps of `add`: inform, ask, plan with what is not written yet, write, sync."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appcreds_sync import manifest as manifests
from appcreds_sync.cli.add_questions import (
    check_answers,
    client_secret,
    free_name,
    new_client_id,
    place_of,
)
from appcreds_sync.cli.add_writing import write_all
from appcreds_sync.cli.learning import known_integrations
from appcreds_sync.cli.render import render
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.integrations import instructions, to_register
from appcreds_sync.cli.running import make_report
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.cli.unheard import say
from appcreds_sync.manifest import editing, entries
from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.model.importing import ImportedCredential
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.report import exit_code
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.cli.add_places import Place, Step
    from appcreds_sync.cli.add_questions import Wish
    from appcreds_sync.cli.learning import Known
    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is to be written; nothing is yet."""

    path: Path
    """The manifest, a file or a directory."""
    argument: Path | None
    """As it was named on the command line."""
    part: Path
    before: bytes
    after: bytes
    loaded: LoadedManifest
    """As it will be."""
    catalogue: Catalogue
    name: str
    steps: tuple[Step, ...]
    """Where the secret goes; none where it is there already."""
    reader: SecretReader
    wish: Wish

    @property
    def shown(self) -> str:
        """The file, as a person would name it."""
        here = Path.cwd()
        return str(self.part.relative_to(here) if self.part.is_relative_to(here) else self.part)


def prepare(argument: Path | None, wish: Wish) -> Draft:
    """Inform, ask for what is missing, and show the plan; write nothing.

    Raise AppcredsError where that can't be had or makes no valid manifest; what can be known
    before the first question is.
    """
    catalogue = load_catalogue()
    text = None if argument is None else str(argument)
    path = manifests.find(text, os.environ, Path.cwd())
    manifest = manifests.load(path, catalogue=catalogue).manifest
    specs = choose_stores(manifest, wish.stores)
    check_answers(wish, catalogue)
    name = free_name(manifest, wish)
    part = editing.choose_part(manifest.files)
    # A bad place, or a file that takes no entry, is found here, and not when the secret is typed.
    place = place_of(part, name, wish, manifest) if wish.wants_secret(catalogue) else None
    editing.add_credentials(read_file(part) or b"", [_entry(name, "x", None, place, wish)], part)
    for integration in wish.integrations:
        known = known_integrations(path, wish.stores, integration, offline=False)
        _refuse_unsupported(known, integration)
        if wish.client_id is None or not wish.secret_from_stdin:
            _inform(known, integration)
    client_id = new_client_id(manifest, wish, specs)
    secret = client_secret(catalogue, wish)
    reader = SecretReader(manifest.vault, os.environ)
    entry = _entry(name, client_id, secret, place, wish)
    before = read_file(part) or b""
    after = editing.add_credentials(before, [entry], part)
    loaded = manifests.load(path, catalogue=catalogue, edited={part: after})
    names = [spec.name for spec in specs]
    steps = () if secret is None or place is None else place.steps(secret, names, reader)
    draft = Draft(path, argument, part, before, after, loaded, catalogue, name, steps, reader, wish)
    for line in entries.block(entry, 2):
        click.echo(line)
    _show_plan(draft, secret)
    return draft


def write(draft: Draft) -> None:
    """Write the secret, then the manifest.

    Raise AppcredsError where one fails: it says what was taken back, and what could not be.
    """

    def declare() -> None:
        replace_file(draft.part, draft.before, draft.after)

    unchanged = f"{draft.shown} and the stores are as they were"
    with draft.reader:
        written = write_all(draft.steps, declare, unchanged)
    spec = draft.loaded.manifest.credentials[draft.name]
    for place in written:
        say(f"wrote the secret to {place}")
    if spec.client_secret is not None and not written:
        say("the secret was there already")
    say(f"added {draft.name} to {spec.mark}")


def sync(draft: Draft) -> int:
    """Make the stores as the manifest says; return the exit code."""
    loaded = manifests.load(draft.path, catalogue=draft.catalogue)
    report = make_report(loaded, draft.catalogue, RunOptions(apply=True, stores=draft.wish.stores))
    code = exit_code(report)
    say(render(report, "text", code), nl=False)
    if code:
        say(
            f"{draft.name} stays declared in {draft.shown}; mend what is said above, "
            f"then {next_steps(draft)}"
        )
    elif steps := next_steps(draft, synced=True):
        say(f"next: {steps}")
    return int(code)


def next_steps(draft: Draft, *, synced: bool = False) -> str:
    """Return the commands that come next; empty where there are none."""
    named = "" if draft.argument is None else shlex.quote(str(draft.argument))
    steps = [] if synced else [f"appcreds-sync sync {named}"]
    # Into a directory no account can be linked.
    if any(isinstance(spec, LiveStoreSpec) for spec in _stores(draft)):
        steps.append(f"appcreds-sync link {draft.name} {named and f'--manifest {named}'}")
    return ", then ".join(step.rstrip() for step in steps)


def _entry(
    name: str, client_id: str, secret: Secret | None, place: Place | None, wish: Wish
) -> entries.NewEntry:
    return entries.NewEntry(
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
        None if place is None else place.reference,
        wish.expires,
    )


def _stores(draft: Draft) -> Sequence[StoreSpec]:
    return choose_stores(draft.loaded.manifest, draft.wish.stores)


def _inform(known: Known, integration: str) -> None:
    """Say where to get a client, and which stores could not be asked for it."""
    for line in (*to_register(known, integration), *instructions(known)):
        click.echo(line)
    for store in known.stores:
        for problem in store.problems:
            click.echo(f"{store.store} could not be asked: {on_terminal(problem.what)}", err=True)


def _refuse_unsupported(known: Known, integration: str) -> None:
    """Raise AppcredsError where no store that could be asked has the integration."""
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
        for store in draft.loaded.manifest.stores:
            known[spec.client_secret.at(store)] = Resolved(secret)
    options = RunOptions(stores=draft.wish.stores)
    report = make_report(draft.loaded, draft.catalogue, options, known=known)
    click.echo(render(report, "text", exit_code(report)), nl=False)
