"""Short ways to say what is desired and what a store holds."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.declaration import Declaration
from appcreds_sync.model.desired import Desired, DesiredCredential, NotRead, Resolved
from appcreds_sync.model.identity import identity_of
from appcreds_sync.model.manifest import AbsentRule, Policy
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Capabilities, ConfigEntry, Item, Snapshot

if TYPE_CHECKING:
    from appcreds_sync.model.errors import Problem

MARK = Mark("appcreds.yaml", 1, 1)
CATALOGUE = MappingProxyType(
    {
        "withings": Integration("withings", single_implementation=True),
        "overkiz": Integration("overkiz", built_in_credential=True, secret_required=False),
        "spotify": Integration("spotify"),
    }
)
INTEGRATIONS = frozenset({"spotify", "netatmo", "withings", "overkiz", "google"})


def wanted(  # each is one thing that a person can declare
    credential: str = "spotify",
    integration: str = "spotify",
    *,
    client_id: str | NotRead | Problem = "client",
    secret: str | NotRead | Problem = "secret-1",  # noqa: S107  # a made-up one
    name: str | None = None,
    key: str | None = None,
    owner: str = "home",
    if_unsupported: Literal["block", "skip"] = "block",
) -> DesiredCredential:
    """One declared credential; its client id is `client` and its secret `secret-1`."""
    own_key = key or f"{owner}.{credential}"
    declaration = Declaration(
        credential=credential,
        identity=identity_of(integration, own_key, CATALOGUE),
        key=own_key,
        client_id="as resolved",
        client_secret=None,
        display_name=name or credential,
        compares_name=name is not None,
        if_unsupported=if_unsupported,
        expires=None,
        mark=MARK,
    )
    resolved = Resolved(Secret(secret)) if isinstance(secret, str) else secret
    return DesiredCredential(declaration, client_id, resolved)


def desired(
    *credentials: DesiredCredential,
    absent: tuple[AbsentRule, ...] = (),
    policy: Policy | None = None,
    former_owners: tuple[str, ...] = (),
) -> Desired:
    """What owner `home` wants of store `house`."""
    return Desired(
        "house", "home", former_owners, credentials, absent, policy or Policy(), CATALOGUE
    )


def absent(
    integration: str, match: Literal["id", "auth_domain", "client_id"], value: str
) -> AbsentRule:
    """One row of `absent`."""
    return AbsentRule(integration, match, value, (), MARK)


def item(  # the fields that HA has
    id: str,  # noqa: A002  # HA's word
    auth_domain: str | None = "home.spotify",
    *,
    domain: str = "spotify",
    client_id: str = "client",
    secret: str = "secret-1",  # noqa: S107  # a made-up one
    name: str | None = "spotify",
) -> Item:
    """One item; by default what `wanted()` asks for."""
    return Item(id, domain, client_id, Secret(secret), auth_domain, name)


def entry(
    auth_domain: str | None, *, domain: str = "spotify", state: str = "loaded", title: str = "Ann"
) -> ConfigEntry:
    """One linked account; one without auth domain that is not loaded can't tell."""
    tells = auth_domain is not None or state == "loaded"
    return ConfigEntry(f"id-{title}", domain, title, state, False, "user", auth_domain, tells)


def snapshot(*items: Item, entries: tuple[ConfigEntry, ...] = ()) -> Snapshot:
    """What store `house` holds; its HA knows INTEGRATIONS."""
    return Snapshot("house", items, entries, INTEGRATIONS, Capabilities("2025.4.4", reload=True))


def offline(taken: Snapshot) -> Snapshot:
    """The same, read from a directory: what HA supports is not known."""
    return replace(taken, integrations=None, capabilities=Capabilities(None))
