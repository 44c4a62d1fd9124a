"""The steps of `remove`: plan without it, write, sync, and last delete its secret."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appcreds_sync import manifest as manifests
from appcreds_sync.cli.render import render
from appcreds_sync.cli.running import make_report
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.cli.shared import unknown_credential
from appcreds_sync.cli.unused_secrets import delete, unused_secrets
from appcreds_sync.manifest import cutting
from appcreds_sync.model.errors import AppcredsError, UsageError
from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile.options import RunOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.cli.unused_secrets import Deletable
    from appcreds_sync.manifest import LoadedManifest
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import CredentialSpec, Manifest
    from appcreds_sync.planning.options import PlanOptions


@dataclass(frozen=True, slots=True)
class Removal:
    """All that is to be written; nothing is yet."""

    name: str
    part: Path
    before: bytes
    after: bytes
    loaded: LoadedManifest
    """As it will be."""
    catalogue: Catalogue
    planning: PlanOptions
    secrets: tuple[Deletable, ...]
    """Where its secret is kept, for it alone."""
    unhindered: bool
    """Nothing stands in the way of deleting it."""

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
        click.echo(f"  its key was taken over, so below `absent` comes: {rule}")
    report = make_report(loaded, catalogue, RunOptions(planning=planning))
    click.echo(render(report, "text", exit_code(report)), nl=False)
    standing = exit_code(report, detailed=True)
    return Removal(
        name=name,
        part=part,
        before=before,
        after=after,
        loaded=loaded,
        catalogue=catalogue,
        planning=planning,
        secrets=unused_secrets(spec, manifest, loaded.manifest),
        unhindered=standing in {ExitCode.OK, ExitCode.PENDING},
    )


def carry_out(removal: Removal, *, delete_secret: bool, sync: bool) -> int:
    """Write the manifest, sync and delete the secret where that was asked for.

    Return the exit code. Raise AppcredsError, after saying what was done.
    """
    replace_file(removal.part, removal.before, removal.after)
    click.echo(f"took {removal.name} out of {removal.shown}")
    code = ExitCode.OK
    if sync:
        options = RunOptions(apply=True, planning=removal.planning)
        report = make_report(removal.loaded, removal.catalogue, options)
        code = exit_code(report)
        click.echo(render(report, "text", code), nl=False)
    if delete_secret and (code or not removal.unhindered):
        click.echo("its secret stays: the credential is not gone yet (see above)")
    elif delete_secret:
        _delete(removal.secrets, removal.loaded.manifest)
    elif removal.secrets:
        click.echo(f"its secret stays at {', '.join(map(str, removal.secrets))}")
    if not sync:
        click.echo("next: appcreds-sync sync")
    return int(code)


def _delete(secrets: Sequence[Deletable], manifest: Manifest) -> None:
    for secret in secrets:
        try:
            delete(secret, manifest.vault)
        except AppcredsError:
            click.echo(f"its secret stays at {secret}")
            raise
        click.echo(f"deleted {secret}")


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
