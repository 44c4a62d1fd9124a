"""A manifest against an earlier one: what a plan would be, with no Home Assistant and no secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.declaration import declarations
from appcreds_sync.model.desired import Desired, DesiredCredential, Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.reference import ReferenceText
from appcreds_sync.model.report import Report, StoreReport
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, Snapshot
from appcreds_sync.planning.planner import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.declaration import Declaration
    from appcreds_sync.model.manifest import CredentialSpec, Manifest, StoreSpec
    from appcreds_sync.planning.options import PlanOptions


def compare_manifests(
    base: Manifest,
    manifest: Manifest,
    stores: Sequence[StoreSpec],
    catalogue: Catalogue,
    options: PlanOptions,
) -> Report:
    """Return the plans that lead from stores as `base` declares them to what `manifest` declares.

    References are compared as they are written: a secret that changed in Vault does not show.
    """
    base, manifest = _as_if_in_one_folder(base), _as_if_in_one_folder(manifest)
    reports = [_compare(base, manifest, spec, catalogue, options) for spec in stores]
    dropped = [_dropped(name) for name in base.stores if name not in manifest.stores]
    return Report(stores=tuple(reports), warnings=tuple(dropped))


def _as_if_in_one_folder(manifest: Manifest) -> Manifest:
    """Let relative paths be relative: in CI the base is in a folder of its own."""
    credentials = {name: _unmoved(spec) for name, spec in manifest.credentials.items()}
    return replace(manifest, credentials=credentials)


def _unmoved(spec: CredentialSpec) -> CredentialSpec:
    client_id, secret = spec.client_id, spec.client_secret
    if isinstance(client_id, ReferenceText):
        client_id = replace(client_id, directory=Path())
    if secret is not None:
        secret = replace(secret, directory=Path())
    return replace(spec, client_id=client_id, client_secret=secret)


def _compare(
    base: Manifest, manifest: Manifest, spec: StoreSpec, catalogue: Catalogue, options: PlanOptions
) -> StoreReport:
    before = base.stores.get(spec.name)
    rows = () if before is None else tuple(declarations(base, before, catalogue))
    snapshot = Snapshot(spec.name, tuple(_as_item(n, row) for n, row in enumerate(rows)))
    desired = Desired(
        store=spec.name,
        owner=manifest.owner,
        former_owners=manifest.former_owners,
        credentials=tuple(_as_written(declarations(manifest, spec, catalogue))),
        absent=tuple(rule for rule in manifest.absent if selects(rule.stores, spec)),
        policy=manifest.policy,
        catalogue=catalogue,
    )
    return StoreReport(spec.name, make_plan(desired, snapshot, options))


def _as_item(number: int, row: Declaration) -> Item:
    return Item(
        id=f"base-{number}",
        domain=row.identity.integration,
        client_id=str(row.client_id),
        client_secret=Secret(str(row.client_secret)),
        auth_domain=row.key,
        name=row.display_name,
    )


def _as_written(rows: Iterable[Declaration]) -> Iterable[DesiredCredential]:
    for row in rows:
        yield DesiredCredential(row, str(row.client_id), Resolved(Secret(str(row.client_secret))))


def _dropped(store: str) -> Problem:
    return Problem(
        "store-dropped",
        f"the store {store} is not in the manifest any more; what it holds stays there",
        "to clean it, declare it with no credentials for one more sync with --allow-empty",
    )
