"""What is known of integrations: the catalogue, and what the stores of a manifest say."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync import manifest as manifests
from appcreds_sync.model.errors import AppcredsError, ManifestError, Problem
from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.model.slips import meant
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.reconcile.learning import learn
from appcreds_sync.reconcile.run import choose_stores
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.reconcile.learning import Learned


@dataclass(frozen=True, slots=True)
class Known:
    """All that was found out."""

    catalogue: Catalogue
    domains: tuple[str, ...]
    """Of the catalogue and of the stores, sorted; or the one that was asked for."""
    stores: tuple[Learned, ...]
    declared: Mapping[str, tuple[str, ...]]
    """The names of the credentials that are declared for an integration."""


def known_integrations(
    argument: Path | None, stores: Sequence[str], domain: str | None, *, offline: bool
) -> Known:
    """Ask the stores and look into the catalogue; blocks.

    Without a manifest, the catalogue is all there is. Raise UsageError for a store that is not
    there, ManifestError for a manifest that can't be used, AppcredsError where nobody knows
    `domain`.
    """
    catalogue = load_catalogue()
    manifest = None if offline and argument is None else _manifest(argument, catalogue)
    specs: Sequence[StoreSpec] = ()
    if manifest is not None and not offline:
        specs = choose_stores(manifest, stores)
    vault = VaultSettings() if manifest is None else manifest.vault
    with SecretReader(vault, os.environ) as reader:
        learned = asyncio.run(learn(specs, reader, domain))
    domains = set(catalogue).union(*(store.integrations or () for store in learned))
    if domain is not None and domain not in domains:
        problems = (problem for store in learned for problem in store.problems)
        raise AppcredsError([_unknown(domain, domains, learned), *problems])
    return Known(
        catalogue,
        tuple(sorted(domains)) if domain is None else (domain,),
        learned,
        {} if manifest is None else _declared(manifest),
    )


def _manifest(argument: Path | None, catalogue: Catalogue) -> Manifest | None:
    text = None if argument is None else str(argument)
    try:
        path = manifests.find(text, os.environ, Path.cwd())
    except ManifestError:
        if argument is not None or os.environ.get("APPCREDS_MANIFEST"):
            raise
        return None
    return manifests.load(path, catalogue=catalogue).manifest


def _declared(manifest: Manifest) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for spec in manifest.credentials.values():
        for integration in spec.integrations:
            found.setdefault(integration, []).append(spec.name)
    return {integration: tuple(names) for integration, names in found.items()}


def _unknown(domain: str, known: set[str], stores: tuple[Learned, ...]) -> Problem:
    close = meant(domain, known)
    asked = ", ".join(store.store for store in stores if store.integrations is not None)
    who = f"neither the catalogue nor {asked} knows" if asked else "the catalogue does not know"
    hint = (
        "`appcreds-sync integrations` lists all; a custom one is known once a Home Assistant that "
        "has it can be asked, and can be declared by hand before"
    )
    return Problem(
        "integration-unknown",
        f"{who} an integration {domain} that takes application credentials",
        f"did you mean {close}? Otherwise: {hint}" if close else hint,
    )
