"""Builds the Manifest from the tree."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from appcreds_sync.manifest.absent import build_absent
from appcreds_sync.manifest.credentials import build_credentials
from appcreds_sync.manifest.identities import check_identities
from appcreds_sync.manifest.policy import build_policy
from appcreds_sync.manifest.selectors import known_in
from appcreds_sync.manifest.stores import build_stores
from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.manifest.vault import build_vault
from appcreds_sync.manifest.watch import build_watch
from appcreds_sync.manifest.words import did_you_mean
from appcreds_sync.model.manifest import Manifest
from appcreds_sync.model.mark import Mark

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.model.catalogue import Catalogue


def build(
    sound: Mapping,
    tree: Mapping,
    files: tuple[Path, ...],
    catalogue: Catalogue,
    findings: Findings,
) -> Manifest:
    """Return the manifest of what is `sound` in `tree`, the whole of which only lends names."""
    known = known_in(tree)
    stores = {}
    if ("store_defaults" in sound) == ("store_defaults" in tree):
        stores = build_stores(
            _section(sound, "stores"), _section(sound, "store_defaults"), findings
        )
    owner, former_owners = _owners(sound, findings)
    _check_present(tree, findings)
    vault = sound.get("vault")
    manifest = Manifest(
        owner=owner,
        former_owners=former_owners,
        vault=build_vault(vault if isinstance(vault, Mapping) else None, findings),
        stores=MappingProxyType(stores),
        credentials=MappingProxyType(
            build_credentials(_section(sound, "credentials"), known, catalogue, findings)
        ),
        absent=build_absent(sound.get("absent"), known, catalogue, findings),
        policy=build_policy(_section(sound, "policy")),
        files=files,
        watch=build_watch(_section(sound, "watch"), findings),
    )
    check_identities(manifest, catalogue, findings)
    return manifest


def _section(tree: Mapping, name: str) -> Mapping:
    section = tree.get(name)
    return section if isinstance(section, Mapping) else tree.replaced_by(())


def _owners(sound: Mapping, findings: Findings) -> tuple[str, tuple[str, ...]]:
    owner, former = sound.get("owner"), sound.get("former_owners")
    names = (
        [name for name in former if isinstance(name, Text)] if isinstance(former, Sequence) else []
    )
    for name in names:
        if name == owner:
            what = f"`{name}` is both the owner and a former one"
            findings.error(name.mark, "manifest-owner", what, "remove it here")
    return str(owner), tuple(str(name) for name in names)


def _check_present(tree: Mapping, findings: Findings) -> None:
    # The top of the file, where the key belongs; not the place of the first key.
    top = Mark(tree.source.file, 1, 1)
    if _lacks(tree, "owner"):
        hint = (
            "add one, as in `owner: home`; what is made in Home Assistant is marked with it, "
            "and only that is ever pruned"
        )
        findings.error(top, "manifest-missing-key", "there is no `owner`", hint)
    stores = tree.get("stores")
    if _lacks(tree, "stores") or (isinstance(stores, Mapping) and not stores):
        hint = "add the Home Assistant to write to, as in `stores: {house: {url: …, token: …}}`"
        findings.error(top, "manifest-missing-key", "there are no `stores`", hint)


def _lacks(tree: Mapping, key: str) -> bool:
    # A misspelt key was reported as such.
    return key not in tree and not did_you_mean(key, tree)
