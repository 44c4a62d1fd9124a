"""What an account is to be linked by: one credential, in one Home Assistant."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from appcreds_sync.cli.looking import look
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.shared import load_manifest, unknown_credential
from appcreds_sync.model.declaration import declarations
from appcreds_sync.model.errors import CommandRefused, Problem, StoreError, UsageError
from appcreds_sync.model.linking import Created
from appcreds_sync.model.manifest import LiveStoreSpec, selects
from appcreds_sync.model.plan import Action
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.planning.inventory import Inventory
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.reconcile.tokens import read_tokens
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.stores.home_assistant.about import read_about
from appcreds_sync.stores.home_assistant.address import is_for_people

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.cli.linking import LinkOptions
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.manifest import CredentialSpec, Manifest
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.model.store import Item


@dataclass(frozen=True, slots=True)
class Target:
    """One credential, in one Home Assistant that has it."""

    manifest: Manifest
    catalogue: Catalogue
    spec: LiveStoreSpec
    token: Secret
    identity: Identity
    client_id: str
    shown_as: str
    """How Home Assistant's page names the credential."""
    opened_at: str
    """Where the person's browser opens it."""
    known: frozenset[str]
    """Ids of the accounts that were linked by it before."""

    @property
    def where(self) -> str:
        """The store, for messages."""
        return f"store {self.spec.name}"

    def newest_account(self) -> Created:
        """Return an account that was not there before. Raise StoreError where there is none."""
        for entry in self._look().used_by(self.identity):
            if entry.entry_id not in self.known:
                return Created(entry.entry_id, entry.title)
        what = "the flow is gone, and no account has come"
        hint = "Home Assistant was restarted, or somebody ended the flow: link again"
        raise CommandRefused(Problem("link-ended", what, hint, self.where))

    def confirm(self, created: Created) -> int:
        """Say what became of the account; return the exit code."""
        title = on_terminal(created.title)
        accounts = self._look().used_by(self.identity)
        account = next((e for e in accounts if e.entry_id == created.entry_id), None)
        if account is None:
            what = f'the account "{title}" was linked by another credential than {self.identity}'
            hint = "see which one: appcreds-sync list"
            raise CommandRefused(Problem("link-another", what, hint, self.where))
        click.echo(f'{self.spec.name}: linked "{title}" by {self.identity}, {account.state}')
        if account.state == "loaded":
            return 0
        click.echo("it is linked, but does not work yet: look into Home Assistant's log", err=True)
        return 1

    def _look(self) -> Inventory:
        return _look(self.manifest, self.spec, self.catalogue)


def find_target(argument: Path | None, name: str, options: LinkOptions) -> Target:
    """Return what `name` and `options` mean.

    Raise UsageError where they don't say enough, StoreError where the store can't be asked or does
    not have the credential as the manifest says.
    """
    if options.url is not None and not is_for_people(options.url):
        what = "--url is nothing that a browser opens"
        raise UsageError(Problem("url-invalid", what, "write https://host:port"))
    catalogue = load_catalogue()
    manifest = load_manifest(argument, catalogue).manifest
    credential = manifest.credentials.get(name)
    if credential is None:
        raise UsageError(unknown_credential(name, manifest.credentials))
    spec = _store(manifest, credential, options.store)
    integration = _integration(credential, options.integration)
    with SecretReader(manifest.vault, os.environ) as reader:
        token = read_tokens([spec], reader)[spec]
    if isinstance(token, Problem):
        raise StoreError(token)
    declared = next(
        row
        for row in declarations(manifest, spec, catalogue)
        if row.credential == name and row.identity.integration == integration
    )
    identity = declared.identity
    inventory = _look(manifest, spec, catalogue)
    item = _synced_item(inventory, identity, f"store {spec.name}")
    opened_at = options.url or spec.url
    if options.url is None and not is_for_people(spec.url):
        opened_at = asyncio.run(read_about(spec, token)).address or spec.url
    return Target(
        manifest=manifest,
        catalogue=catalogue,
        spec=spec,
        token=token,
        identity=identity,
        client_id=item.client_id.strip(),
        shown_as=declared.display_name,
        opened_at=opened_at,
        known=frozenset(entry.entry_id for entry in inventory.used_by(identity)),
    )


def _store(manifest: Manifest, credential: CredentialSpec, named: str | None) -> LiveStoreSpec:
    chosen = choose_stores(manifest, () if named is None else (named,))
    fitting = [
        store
        for store in chosen
        if isinstance(store, LiveStoreSpec) and selects(credential.stores, store)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(store.name for store in fitting)
        raise UsageError(
            Problem("which-store", f"{credential.name} is for {names}", "say which one: --store")
        )
    what = f"{credential.name} is for no running Home Assistant" + (f" {named}" if named else "")
    hint = "accounts are linked in a store with `url`, which the credential's `stores` choose"
    raise UsageError(Problem("no-live-store", what, hint, str(credential.mark)))


def _integration(credential: CredentialSpec, named: str | None) -> str:
    if named is None and len(credential.integrations) == 1:
        return credential.integrations[0]
    if named in credential.integrations:
        return named
    what = f"{credential.name} is for {', '.join(credential.integrations)}"
    raise UsageError(Problem("which-integration", what, "say which one: --integration"))


def _look(manifest: Manifest, spec: LiveStoreSpec, catalogue: Catalogue) -> Inventory:
    """Read the store. Raise StoreError where that can't be."""
    (found,) = look(manifest, (spec,), catalogue).stores
    if found.snapshot is None:
        raise StoreError(found.problems)
    return Inventory(found.desired, found.snapshot)


def _synced_item(inventory: Inventory, identity: Identity, where: str) -> Item:
    """Return the item to link by. Raise CommandRefused unless it is as the manifest says."""
    item = inventory.winner(identity)
    if item is None:
        raise _not_synced(f"Home Assistant has no {identity} yet", where)
    for change in make_plan(inventory.desired, inventory.snapshot).changes:
        if change.identity != identity:
            continue
        if change.action is Action.SHADOWED and change.reason is not None:
            raise CommandRefused(change.reason)
        wrong = " and ".join(field.replace("_", " ") for field in change.differs if field != "name")
        if wrong:
            raise _not_synced(f"Home Assistant has {identity} with another {wrong}", where)
    return item


def _not_synced(what: str, where: str) -> CommandRefused:
    return CommandRefused(Problem("not-synced", what, "run appcreds-sync sync first", where))
