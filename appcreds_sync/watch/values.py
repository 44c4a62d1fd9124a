"""The values of all references, read at one moment and held until they are read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appcreds_sync.model.declaration import declarations
from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.reconcile.resolving import references_of, tokens_of
from appcreds_sync.secrets.reader import Readings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.reconcile.resolving import Reader


@dataclass(frozen=True, slots=True)
class HeldValues:
    """What was read, as the turns of all stores take it: none of them troubles Vault."""

    values: Mapping[Reference, Resolved | Problem] = field(default_factory=dict)
    needed_by: Mapping[str, frozenset[Reference]] = field(default_factory=dict)
    """By store."""
    failures: tuple[Problem, ...] = ()
    """What could not be read this time, each once."""
    unreadable: int = 0
    """How many references that were; one reason may hold for all of Vault's."""
    warnings: tuple[Problem, ...] = ()

    def read(self, references: Collection[Reference]) -> Readings:
        """Return what is held of `references`."""
        return Readings({reference: self.values[reference] for reference in references}, ())

    def changed_stores(self, before: HeldValues) -> frozenset[str]:
        """Return the stores for which any value is another one than `before`."""
        changed = {
            reference
            for reference, value in self.values.items()
            if before.values.get(reference) != value
        }
        return frozenset(
            store for store, needed in self.needed_by.items() if not changed.isdisjoint(needed)
        )


class WithoutVault:
    """Reads what is on this machine, and takes what Vault said last as if it had said so now."""

    def __init__(self, reader: Reader, before: HeldValues) -> None:
        self._reader = reader
        self._before = before

    def read(self, references: Collection[Reference]) -> Readings:
        """Return the values; what Vault was never asked for is a problem."""
        in_vault: set[Reference] = {each for each in references if isinstance(each, VaultReference)}
        here = self._reader.read([each for each in references if each not in in_vault])
        held = {each: self._before.values.get(each, _NO_ANSWER_YET) for each in in_vault}
        return Readings({**here.values, **held}, here.warnings)


_NO_ANSWER_YET = Problem(
    "vault-no-answer-yet",
    "Vault has not answered yet",
    "the rest goes on meanwhile; if that lasts, look at Vault and the network",
)


def read_values(
    manifest: Manifest, catalogue: Catalogue, reader: Reader, before: HeldValues
) -> HeldValues:
    """Read every reference of every store, blocking.

    A token that can't be read stays what it was `before`: the store it leads to is still there.
    Of all else, the problem takes the value's place, so that what depends on it is left alone.
    """
    needed: dict[str, frozenset[Reference]] = {}
    tokens = tokens_of(manifest.stores.values())
    for name, spec in manifest.stores.items():
        references = set(references_of(declarations(manifest, spec, catalogue)))
        needed[name] = frozenset(references | ({tokens[name]} if name in tokens else set()))
    wanted: frozenset[Reference] = frozenset().union(*needed.values())
    readings = reader.read(wanted)
    values = dict(readings.values)
    for token in tokens.values():
        earlier = before.values.get(token)
        if isinstance(values[token], Problem) and isinstance(earlier, Resolved):
            values[token] = earlier
    failures = [value for value in readings.values.values() if isinstance(value, Problem)]
    each_once = tuple(dict.fromkeys(failures))
    return HeldValues(values, needed, each_once, len(failures), readings.warnings)
