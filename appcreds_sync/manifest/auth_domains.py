"""Builds the keys to keep (`auth_domain`) of a credential."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.selectors import report_unknown_store
from appcreds_sync.manifest.tree import Mapping, Text
from appcreds_sync.manifest.words import did_you_mean, listed
from appcreds_sync.model.catalogue import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping as AbstractMapping

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.selectors import Known
    from appcreds_sync.manifest.tree import Value
    from appcreds_sync.model.catalogue import Catalogue

_CLOUD = "cloud"
"""Under this key Home Assistant Cloud registers its own account linking."""


def build_auth_domains(
    value: Value,
    integrations: tuple[Text, ...],
    known: Known,
    catalogue: Catalogue,
    findings: Findings,
) -> dict[str, str | AbstractMapping[str, str]]:
    """Return the keys by integration, each one for all stores or a mapping by store."""
    if isinstance(value, Text):
        if len(integrations) > 1:
            what = "one `auth_domain` for several integrations"
            hint = f"write a mapping with {listed(integrations)} as keys"
            findings.error(value.mark, "manifest-auth-domain", what, hint)
            return {}
        entries: list[tuple[Text, Value]] = [(integration, value) for integration in integrations]
    elif isinstance(value, Mapping) and integrations:
        entries = []
        for key, kept in value.entries():
            if key in integrations:
                entries.append((key, kept))
            else:
                what = f"`{key}` is not an integration of this credential"
                hint = did_you_mean(str(key), integrations) or f"it has {listed(integrations)}"
                findings.error(key.mark, "manifest-auth-domain", what, hint)
    else:
        return {}
    built: dict[str, str | AbstractMapping[str, str]] = {}
    for integration, kept in entries:
        if isinstance(kept, Text):
            taken = _key(kept, integration, catalogue, findings)
            if taken is not None:
                built[str(integration)] = taken
        elif isinstance(kept, Mapping):
            built[str(integration)] = _by_store(kept, integration, known, catalogue, findings)
    return built


def _by_store(
    kept: Mapping, integration: Text, known: Known, catalogue: Catalogue, findings: Findings
) -> AbstractMapping[str, str]:
    by_store: dict[str, str] = {}
    for store, text in kept.entries():
        if store not in known.stores:
            report_unknown_store(store, known.stores, findings)
        elif isinstance(text, Text):
            key = _key(text, integration, catalogue, findings)
            if key is not None:
                by_store[str(store)] = key
    return MappingProxyType(by_store)


def _key(text: Text, integration: str, catalogue: Catalogue, findings: Findings) -> str | None:
    key = texts.plain(text, "`auth_domain`", findings)
    if key == _CLOUD:
        what = "the auth domain `cloud` belongs to Home Assistant Cloud"
        findings.error(text.mark, "manifest-auth-domain", what, "remove the line")
        return None
    if key == integration and facts_of(catalogue, integration).built_in_credential:
        what = f"the auth domain `{key}` belongs to a credential that Home Assistant makes itself"
        findings.error(text.mark, "manifest-auth-domain", what, "remove the line")
        return None
    return key
