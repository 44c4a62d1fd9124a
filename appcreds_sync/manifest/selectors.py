"""Builds what chooses stores: names and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.stores import labels_of
from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.manifest.words import did_you_mean, listed

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Value

_FEW = 8


@dataclass(frozen=True, slots=True)
class Known:
    """The stores of a manifest, as credentials and rules may name them."""

    stores: frozenset[str]
    labels: frozenset[str]


def known_in(tree: Mapping) -> Known:
    """Return the names and labels in `tree`, those of stores that are otherwise wrong as well."""
    stores = tree.get("stores")
    stores = stores if isinstance(stores, Mapping) else tree.replaced_by(())
    labels = {label for settings in stores.values() for label in labels_of(settings)}
    labels.update(labels_of(tree.get("store_defaults")))
    return Known(frozenset(str(name) for name in stores), frozenset(labels))


def build_selectors(value: Value, known: Known, findings: Findings) -> tuple[str, ...]:
    """Return the names and labels; those that choose nothing are reported."""
    if not isinstance(value, Sequence):
        return ()
    what = "a name of a store, or a label,"
    selectors = [
        item
        for item in value
        if isinstance(item, Text) and texts.plain(item, what, findings) is not None
    ]
    for selector in selectors:
        if selector not in known.stores and selector not in known.labels:
            report_unknown_store(selector, known.stores | known.labels, findings)
    return tuple(str(selector) for selector in selectors)


def report_unknown_store(name: Text, known: frozenset[str], findings: Findings) -> None:
    """Report that no store has this name or label."""
    hint = did_you_mean(str(name), known)
    if not hint and 0 < len(known) <= _FEW:
        hint = f"known are {listed(sorted(known))}"
    what = f"there is no store or label `{name}`"
    findings.error(name.mark, "manifest-unknown-store", what, hint or "add it to `stores`")
