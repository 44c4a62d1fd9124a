"""The steps of `remove`: plan without it, write, sync, and last delete its secret."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appcreds_sync import manifest as manifests
from appcreds_sync.cli.render import render
from appcreds_sync.cli.running import make_report
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.cli.shared import unknown_credential
from appcreds_sync.cli.still_held import item_keys, still_held
from appcreds_sync.cli.still_needed import needed_by
from appcreds_sync.cli.unheard import say
from appcreds_sync.cli.unused_secrets import delete, kept_secrets
from appcreds_sync.manifest import cutting
from appcreds_sync.model.errors import UsageError
from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile.options import RunOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.cli.unused_secrets import KeptSecret
    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import CredentialSpec, Manifest
    from appcreds_sync.planning.options import PlanOptions


@dataclass(frozen=True, slots=True)
class Removal:
    """All that is to be written; nothing is yet."""

    name: str
    path: Path
    """The manifest, a file or a directory."""
    part: Path
    before: bytes
    after: bytes
    loaded: LoadedManifest
    """As it will be."""
    catalogue: Catalogue
    planning: PlanOptions
    secrets: tuple[KeptSecret, ...]
    item_keys: frozenset[tuple[str, str]]
    sync_command: str

    @property
    def deletable(self) -> tuple[KeptSecret, ...]:
        """Where its secret is kept, for it alone."""
        return tuple(secret for secret in self.secrets if not secret.stays)

    @property
    def shown(self) -> str:
        """The file, as a person would name it."""
        here = Path.cwd()
        return str(self.part.relative_to(here) if self.part.is_relative_to(here) else self.part)


def prepare(
    argument: Path | None, name: str, planning: PlanOptions, *, with_absent: bool
) -> Removal:
    """Show what will be deleted and what is in use; write nothing.

    Raise UsageError where there is no such credential, ManifestError where the file can't be
    edited.
    """
    catalogue = load_catalogue()
    text = None if argument is None else str(argument)
    path = manifests.find(text, os.environ, Path.cwd())
    manifest = manifests.load(path, catalogue=catalogue).manifest
    spec = manifest.credentials.get(name)
    if spec is None:
        raise UsageError(unknown_credential(name, manifest.credentials))
    part = Path.cwd() / spec.mark.file
    before = read_file(part) or b""
    rules = tuple(_absent_rules(spec, manifest)) if with_absent else ()
    after = cutting.add_absent(cutting.remove_credential(before, name, part), rules, part)
    loaded = manifests.load(path, catalogue=catalogue, edited={part: after})
    click.echo(f"{spec.mark}: {name} goes")
    for rule in rules:
        click.echo(f"  it keeps a key from before the manifest, so below `absent` comes: {rule}")
    report = make_report(loaded, catalogue, RunOptions(planning=planning))
    click.echo(render(report, "text", exit_code(report)), nl=False)
    return Removal(
        name=name,
        path=path,
        part=part,
        before=before,
        after=after,
        loaded=loaded,
        catalogue=catalogue,
        planning=planning,
        secrets=kept_secrets(spec, manifest, loaded.manifest, {part: after}),
        item_keys=item_keys(spec, manifest, catalogue),
        sync_command=f"appcreds-sync sync{'' if text is None else f' {shlex.quote(text)}'}",
    )


def carry_out(removal: Removal, *, delete_secret: bool, sync: bool) -> int:
    """Write the manifest, sync, and delete the secret once no store holds the credential.

    Return the exit code. Raise AppcredsError, after saying what was done.
    """
    replace_file(removal.part, removal.before, removal.after)
    say(f"took {removal.name} out of {removal.shown}")
    untold = list(removal.secrets)
    synced = False
    try:
        code = _sync(removal) if sync else ExitCode.OK
        synced = sync
        wanted = removal.deletable if delete_secret else ()
        holders = tuple(_holders(removal)) if wanted else ()
        _end_secrets(removal, untold, holders, delete_secret=delete_secret)
    except BaseException as error:  # also Ctrl-C: `remove` does not know this credential again
        for secret in untold:
            say(f"its secret stays at {secret}")
        if isinstance(error, KeyboardInterrupt):
            raise click.Abort from error
        raise
    finally:
        if not synced:
            say(f"next: {removal.sync_command}")
    return int(code or (ExitCode.NEEDS_A_PERSON if holders else ExitCode.OK))


def _sync(removal: Removal) -> ExitCode:
    options = RunOptions(apply=True, planning=removal.planning)
    report = make_report(removal.loaded, removal.catalogue, options)
    code = exit_code(report)
    say(render(report, "text", code), nl=False)
    return code


def _holders(removal: Removal) -> Iterator[str]:
    return still_held(removal.item_keys, removal.loaded.manifest, removal.catalogue)


def _end_secrets(
    removal: Removal, untold: list[KeptSecret], holders: Sequence[str], *, delete_secret: bool
) -> None:
    """Delete each secret that nothing needs, if that is wanted, and say of the others why not.

    Each one goes from `untold` as it is told of.
    """
    while untold:
        secret = untold[0]
        if secret.stays:
            ended = f"its secret stays at {secret}: {secret.stays}"
        elif holders:
            reasons = "; ".join(holders)
            then = "delete it by hand once no store holds the credential"
            ended = f"its secret stays at {secret}: {reasons}; {then}"
        elif delete_secret:
            ended = _delete(secret, removal)
        else:
            ended = f"its secret stays at {secret}"
        del untold[0]
        say(ended)


def _delete(secret: KeptSecret, removal: Removal) -> str:
    # As the files are by now: questions and a sync may have taken a while.
    manifest = manifests.load(removal.path, catalogue=removal.catalogue).manifest
    user = needed_by(secret.reference, manifest, {})
    if user is not None:
        return f"its secret stays at {secret}: {user} needs it"
    delete(secret, manifest.vault)
    return f"deleted {secret}"


def _absent_rules(spec: CredentialSpec, manifest: Manifest) -> Iterator[str]:
    """Yield a rule for each key that is not of our making: pruning would leave its item."""
    owners = {manifest.owner, *manifest.former_owners}
    for integration, kept in spec.auth_domains.items():
        keys = (
            [(kept, spec.stores)]
            if isinstance(kept, str)
            else [(key, (store,)) for store, key in kept.items()]
        )
        for key, stores in keys:
            owner, dot, _ = key.partition(".")
            if not (dot and owner in owners):
                yield cutting.absent_rule(integration, key, stores)
