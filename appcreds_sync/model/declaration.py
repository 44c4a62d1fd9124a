"""What the manifest wants of one store, one row an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from appcreds_sync.model.identity import Identity, identity_of
from appcreds_sync.model.manifest import selects
from appcreds_sync.model.reference import STORE_PLACEHOLDER, Reference, ReferenceText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import CredentialSpec, Manifest, StoreSpec
    from appcreds_sync.model.mark import Mark


@dataclass(frozen=True, slots=True)
class Declaration:
    """A credential, as declared for one integration of one store; its values still to be read."""

    credential: str
    identity: Identity
    key: str
    """The `auth_domain` to send; the identity's, save for single-implementation integrations."""
    client_id: str | Reference
    client_secret: Reference | None
    """None: the integration needs none, and the empty text is sent."""
    display_name: str
    compares_name: bool
    if_unsupported: Literal["block", "skip"]
    expires: dt.date | None
    mark: Mark
    token_url: str | None = None
    """Where the client is verified, for an integration that the catalogue does not know."""


def declarations(
    manifest: Manifest, store: StoreSpec, catalogue: Catalogue
) -> Iterator[Declaration]:
    """Yield what `manifest` declares for `store`, in the manifest's order."""
    for spec in manifest.credentials.values():
        if selects(spec.stores, store):
            for integration in spec.integrations:
                yield _declaration(manifest.owner, spec, integration, store.name, catalogue)


def _declaration(
    owner: str, spec: CredentialSpec, integration: str, store: str, catalogue: Catalogue
) -> Declaration:
    kept = kept_key(spec, integration, store)
    key = f"{owner}.{spec.name}" if kept is None else kept
    return Declaration(
        credential=spec.name,
        identity=identity_of(integration, key, catalogue),
        key=key,
        client_id=client_id_at(spec, store),
        client_secret=client_secret_at(spec, store),
        display_name=spec.name if spec.display_name is None else spec.display_name,
        compares_name=spec.display_name is not None,
        if_unsupported=spec.if_unsupported,
        expires=spec.expires,
        mark=spec.mark,
        token_url=spec.token_url,
    )


def client_id_at(spec: CredentialSpec, store: str) -> str | Reference:
    """Return the client id, or where it is kept, for this store."""
    if isinstance(spec.client_id, ReferenceText):
        return spec.client_id.at(store)
    return spec.client_id.replace(STORE_PLACEHOLDER, store)


def client_secret_at(spec: CredentialSpec, store: str) -> Reference | None:
    """Return where the client secret is kept for this store; None where none is declared."""
    return None if spec.client_secret is None else spec.client_secret.at(store)


def kept_key(spec: CredentialSpec, integration: str, store: str) -> str | None:
    """Return the key that `auth_domain` names for this integration and store, or None."""
    kept = spec.auth_domains.get(integration)
    if kept is None or isinstance(kept, str):
        return kept
    return kept.get(store)
