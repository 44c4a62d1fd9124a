"""Finds what can't be true at once: two credentials of one identity, a declared one in `absent`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from appcreds_sync.model.identity import identity_of
from appcreds_sync.model.manifest import selects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.manifest import AbsentRule, CredentialSpec, Manifest, StoreSpec


class _Claim(NamedTuple):
    """A credential's key, in all its stores or in some of them."""

    spec: CredentialSpec
    integration: str
    key: str
    only: frozenset[str] | None = None
    besides: frozenset[str] = frozenset()

    def holds_in(self, store: StoreSpec) -> bool:
        """Tell whether the credential has this key in the store."""
        return (
            selects(self.spec.stores, store)
            and (self.only is None or store.name in self.only)
            and store.name not in self.besides
        )


def check_identities(manifest: Manifest, catalogue: Catalogue, findings: Findings) -> None:
    """Report each identity that two credentials claim in one store, or that `absent` names too.

    Compares only what shares a key, so that it stays linear in credentials and stores.
    """
    claims = [
        claim for spec in manifest.credentials.values() for claim in _claims(manifest.owner, spec)
    ]
    _check_unique(claims, manifest, catalogue, findings)
    by_key: dict[tuple[str, str], list[_Claim]] = {}
    for claim in claims:
        by_key.setdefault((claim.integration, claim.key), []).append(claim)
    for rule in manifest.absent:
        if rule.match != "client_id":
            _check_absent(rule, by_key.get((rule.integration, rule.value), ()), manifest, findings)


def _claims(owner: str, spec: CredentialSpec) -> Iterator[_Claim]:
    ours = f"{owner}.{spec.name}"
    for integration in spec.integrations:
        kept = spec.auth_domains.get(integration, ours)
        if isinstance(kept, Mapping):
            for store, key in kept.items():
                yield _Claim(spec, integration, key, only=frozenset({store}))
            yield _Claim(spec, integration, ours, besides=frozenset(kept))
        else:
            yield _Claim(spec, integration, kept)


def _check_unique(
    claims: Iterable[_Claim], manifest: Manifest, catalogue: Catalogue, findings: Findings
) -> None:
    by_identity: dict[Identity, list[_Claim]] = {}
    for claim in claims:
        identity = identity_of(claim.integration, claim.key, catalogue)
        by_identity.setdefault(identity, []).append(claim)
    chosen = _by_selector(manifest)
    for identity, rivals in by_identity.items():
        if len(rivals) == 1:
            continue
        holders: dict[str, CredentialSpec] = {}
        reported: set[str] = set()
        for claim in rivals:
            shared = [
                store
                for store in _stores_of(claim, manifest, chosen)
                if holders.setdefault(store.name, claim.spec) is not claim.spec
            ]
            if shared and claim.spec.name not in reported:  # once, however many stores they share
                reported.add(claim.spec.name)
                _report(claim.spec, holders[shared[0].name], shared[0], identity, findings)


def _by_selector(manifest: Manifest) -> dict[str, list[StoreSpec]]:
    chosen: dict[str, list[StoreSpec]] = {}
    for store in manifest.stores.values():
        for selector in {store.name, *store.labels}:
            chosen.setdefault(selector, []).append(store)
    return chosen


def _stores_of(
    claim: _Claim, manifest: Manifest, chosen: Mapping[str, list[StoreSpec]]
) -> Iterator[StoreSpec]:
    """Yield the stores in which the credential has this key."""
    if claim.only is not None:
        named = (manifest.stores.get(name) for name in claim.only)
        stores = [store for store in named if store is not None]
    elif claim.spec.stores:
        found = (store for selector in claim.spec.stores for store in chosen.get(selector, ()))
        stores = list({store.name: store for store in found}.values())
    else:
        stores = list(manifest.stores.values())
    return (store for store in stores if claim.holds_in(store))


def _report(
    spec: CredentialSpec,
    first: CredentialSpec,
    store: StoreSpec,
    identity: Identity,
    findings: Findings,
) -> None:
    what = (
        f"`{spec.name}` and `{first.name}` ({first.mark}) are one credential to Home Assistant, "
        f"in the store `{store.name}`: {identity}"
    )
    hint = "let `stores` keep them apart, or change `auth_domain`"
    if identity.auth_domain == identity.integration:
        hint = "let `stores` keep them apart: this integration takes only one"
    findings.error(spec.mark, "manifest-same-identity", what, hint)


def _check_absent(
    rule: AbsentRule, claims: Iterable[_Claim], manifest: Manifest, findings: Findings
) -> None:
    for claim in claims:
        for store in manifest.stores.values():
            if selects(rule.stores, store) and claim.holds_in(store):
                what = (
                    f"`absent` names what `{claim.spec.name}` ({claim.spec.mark}) declares "
                    f"in the store `{store.name}`"
                )
                findings.error(rule.mark, "manifest-absent", what, "remove one of the two")
                break
