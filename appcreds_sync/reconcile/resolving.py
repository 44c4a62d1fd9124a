"""References gathered, read in one go, and put in their places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from appcreds_sync.model.declaration import declarations
from appcreds_sync.model.desired import Desired, DesiredCredential, NotRead, Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import LiveStoreSpec, selects
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.declaration import Declaration
    from appcreds_sync.model.manifest import Manifest, StoreSpec
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.secrets.reader import Readings

_NO_SECRET = Resolved(Secret(""))


class Reader(Protocol):
    """Who reads references: a `SecretReader`, or one that holds what it has read."""

    def read(self, references: Collection[Reference]) -> Readings:
        """Return the value of each, or the problem with it."""


@dataclass(frozen=True, slots=True)
class ResolvedStore:
    """One store, ready to be opened and compared."""

    spec: StoreSpec
    token: Secret | Problem | NotRead | None
    """None for a directory, which needs none."""
    desired: Desired


@dataclass(frozen=True, slots=True)
class Resolution:
    """What came of reading every reference of the stores asked for."""

    stores: tuple[ResolvedStore, ...]
    failures: tuple[Problem, ...]
    """Each once, in the order in which the manifest needs them."""
    warnings: tuple[Problem, ...]
    references: tuple[Reference, ...] = ()
    """All that were read, in the order in which the manifest needs them."""


def resolve(
    manifest: Manifest,
    specs: Sequence[StoreSpec],
    catalogue: Catalogue,
    reader: Reader,
    *,
    read_secrets: bool = True,
) -> Resolution:
    """Read what `specs` need, blocking, and return it store by store.

    With `read_secrets` off, only the stores' tokens are read, and those not from Vault.
    """
    wanted = {spec.name: tuple(declarations(manifest, spec, catalogue)) for spec in specs}
    tokens = tokens_of(specs)
    references = dict.fromkeys(tokens.values())
    if read_secrets:
        for rows in wanted.values():
            references.update(dict.fromkeys(references_of(rows)))
    else:
        references = dict.fromkeys(r for r in references if not isinstance(r, VaultReference))
    readings = reader.read(tuple(references))
    values: Mapping[Reference, Resolved | Problem] = readings.values
    stores = tuple(
        ResolvedStore(
            spec,
            _token(tokens.get(spec.name), values),
            _desired(manifest, spec, wanted[spec.name], catalogue, values),
        )
        for spec in specs
    )
    failures = dict.fromkeys(
        value for reference in references if isinstance(value := values[reference], Problem)
    )
    return Resolution(stores, tuple(failures), tuple(readings.warnings), tuple(references))


def tokens_of(specs: Iterable[StoreSpec]) -> dict[str, Reference]:
    """Return where the token of each live store is kept, by the store's name."""
    return {
        spec.name: spec.token.at(spec.name) for spec in specs if isinstance(spec, LiveStoreSpec)
    }


def references_of(rows: Iterable[Declaration]) -> Iterable[Reference]:
    """Yield the references of client ids and secrets, doubles included."""
    for row in rows:
        if not isinstance(row.client_id, str):
            yield row.client_id
        if row.client_secret is not None:
            yield row.client_secret


def _token(
    reference: Reference | None, values: Mapping[Reference, Resolved | Problem]
) -> Secret | Problem | NotRead | None:
    if reference is None:
        return None
    value = values.get(reference, NotRead())
    return value.value if isinstance(value, Resolved) else value


def _desired(
    manifest: Manifest,
    spec: StoreSpec,
    rows: Iterable[Declaration],
    catalogue: Catalogue,
    values: Mapping[Reference, Resolved | Problem],
) -> Desired:
    return Desired(
        store=spec.name,
        owner=manifest.owner,
        former_owners=manifest.former_owners,
        credentials=tuple(_credential(row, values) for row in rows),
        absent=tuple(rule for rule in manifest.absent if selects(rule.stores, spec)),
        policy=manifest.policy,
        catalogue=catalogue,
    )


def _credential(
    row: Declaration, values: Mapping[Reference, Resolved | Problem]
) -> DesiredCredential:
    client_id: str | NotRead | Problem
    if isinstance(row.client_id, str):
        client_id = row.client_id
    else:
        value = _value(row, row.client_id, values)
        client_id = value.value.reveal() if isinstance(value, Resolved) else value
    secret = _NO_SECRET if row.client_secret is None else _value(row, row.client_secret, values)
    return DesiredCredential(row, client_id, secret)


def _value(
    row: Declaration, reference: Reference, values: Mapping[Reference, Resolved | Problem]
) -> Resolved | NotRead | Problem:
    value = values.get(reference, NotRead())
    if isinstance(value, Problem):
        return replace(value, where=str(row.mark))
    return value
