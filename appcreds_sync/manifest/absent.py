"""Builds the rules of `absent`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.credentials import warn_unknown_integration
from appcreds_sync.manifest.selectors import build_selectors
from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.model.manifest import AbsentRule
from appcreds_sync.model.reference import looks_like_reference

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.selectors import Known
    from appcreds_sync.manifest.tree import Value
    from appcreds_sync.model.catalogue import Catalogue

_Match = Literal["id", "auth_domain", "client_id"]
_MATCHES: tuple[_Match, ...] = ("id", "auth_domain", "client_id")


def build_absent(
    section: Value, known: Known, catalogue: Catalogue, findings: Findings
) -> tuple[AbsentRule, ...]:
    """Return the rules; those that are wrong are reported, and left out."""
    if not isinstance(section, Sequence):
        return ()
    rules = (
        _build(entry, known, catalogue, findings) for entry in section if isinstance(entry, Mapping)
    )
    return tuple(rule for rule in rules if rule is not None)


def _build(
    entry: Mapping, known: Known, catalogue: Catalogue, findings: Findings
) -> AbsentRule | None:
    integration = entry["integration"]
    stores = build_selectors(entry.get("stores"), known, findings)
    matches = [match for match in _MATCHES if match in entry]
    if len(matches) != 1:
        what = "a rule of `absent` has exactly one of `id`, `auth_domain` and `client_id`"
        hint = "remove all but one" if matches else "add one"
        findings.error(entry.mark, "manifest-absent", what, hint)
        return None
    match = matches[0]
    text = entry[match]
    if not (isinstance(text, Text) and isinstance(integration, Text)):
        return None
    warn_unknown_integration(integration, catalogue, findings)
    value = texts.stripped_as_ha_does(text, f"`{match}`", findings)
    if value is not None and looks_like_reference(value):
        what = f"`{match}` of a rule of `absent` can't be a reference"
        findings.error(text.mark, "manifest-absent", what, "write the value out: it is no secret")
        return None
    if value is None:
        return None
    return AbsentRule(str(integration), match, value, stores, entry.mark)
