"""Where the items of a credential still are, after it has gone from the manifest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.cli.looking import look
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.model.declaration import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import CredentialSpec, Manifest


def item_keys(
    spec: CredentialSpec, manifest: Manifest, catalogue: Catalogue
) -> frozenset[tuple[str, str]]:
    """Return what tells the items of `spec` in any store: pairs of integration and key."""
    declared = replace(manifest, credentials={spec.name: spec})
    rows = (
        row
        for store in manifest.stores.values()
        for row in declarations(declared, store, catalogue)
    )
    usual = (
        (integration, f"{owner}.{spec.name}")
        for integration in spec.integrations
        for owner in (manifest.owner, *manifest.former_owners)
    )
    return frozenset({*((row.identity.integration, row.key) for row in rows), *usual})


def still_held(
    keys: frozenset[tuple[str, str]], manifest: Manifest, catalogue: Catalogue
) -> Iterator[str]:
    """Read every store; yield, for each that may hold an item of such a key, what to tell of it."""
    stores_alone = replace(manifest, credentials={}, absent=())
    found = look(stores_alone, tuple(manifest.stores.values()), catalogue)
    for store in found.stores:
        name = store.spec.name
        if store.snapshot is None:
            yield f"{name} could not be read"
            continue
        for item in store.snapshot.items:
            if (item.domain, item.key) in keys:
                yield f"{name} still holds {on_terminal(str(item.identity(catalogue)))}"
                break
