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
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.planning.inventory import Inventory
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.reconcile.tokens import read_tokens
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.stores.home_assistant.about import read_about

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.cli.linking import LinkOptions
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.manifest import CredentialSpec, Manifest
    from appcreds_sync.model.plan import EntryRef
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Target:
    """One credential, in one Home Assistant that has it."""

    manifest: Manifest
    catalogue: Catalogue
    spec: LiveStoreSpec
    token: Secret
    identity: Identity
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
        for entry in self._accounts():
            if entry.entry_id not in self.known:
                return Created(entry.entry_id, entry.title)
        what = "the flow is gone, and no account has come"
        hint = "somebody may have ended it; link again"
        raise CommandRefused(Problem("link-ended", what, hint, self.where))

    def confirm(self, created: Created) -> int:
        """Say what became of the account; return the exit code."""
        title = on_terminal(created.title)
        account = next((e for e in self._accounts() if e.entry_id == created.entry_id), None)
        if account is None:
            what = f'the account "{title}" was linked by another credential than {self.identity}'
            hint = "see which one: appcreds-sync list"
            raise CommandRefused(Problem("link-another", what, hint, self.where))
        click.echo(f'{self.spec.name}: linked "{title}" by {self.identity}, {account.state}')
        if account.state == "loaded":
            return 0
        click.echo("it is linked, but does not work yet: look into Home Assistant's log", err=True)
        return 1

    def _accounts(self) -> tuple[EntryRef, ...]:
        return _accounts(self.manifest, self.spec, self.catalogue, self.identity)


def find_target(argument: Path | None, name: str, options: LinkOptions) -> Target:
    """Return what `name` and `options` mean.

    Raise UsageError where they don't say enough, StoreError where the store can't be asked or has
    no such credential yet.
    """
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
    known = frozenset(entry.entry_id for entry in _accounts(manifest, spec, catalogue, identity))
    opened_at = options.url or spec.url
    if options.url is None and spec.url.startswith(("ws:", "wss:")):
        opened_at = asyncio.run(read_about(spec, token)).address or spec.url
    return Target(
        manifest, catalogue, spec, token, identity, declared.display_name, opened_at, known
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


def _accounts(
    manifest: Manifest, spec: LiveStoreSpec, catalogue: Catalogue, identity: Identity
) -> tuple[EntryRef, ...]:
    """Read who uses `identity`. Raise StoreError where the store has no item of it."""
    (found,) = look(manifest, (spec,), catalogue, read_secrets=True).stores
    if found.snapshot is None:
        raise StoreError(found.problems)
    inventory = Inventory(found.desired, found.snapshot)
    if inventory.winner(identity) is None:
        what = f"Home Assistant has no {identity} yet"
        raise CommandRefused(
            Problem("not-synced", what, "run appcreds-sync sync first", f"store {spec.name}")
        )
    return inventory.used_by(identity)
