"""The tokens of live stores, for what asks a Home Assistant about more than its credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.reader import SecretReader


def read_tokens(
    specs: Iterable[LiveStoreSpec], reader: SecretReader
) -> dict[LiveStoreSpec, Secret | Problem]:
    """Read the token of each store, and nothing else, blocking."""
    references = {spec: spec.token.at(spec.name) for spec in specs}
    values = reader.read(tuple(references.values())).values
    found: dict[LiveStoreSpec, Secret | Problem] = {}
    for spec, reference in references.items():
        value = values[reference]
        found[spec] = value if isinstance(value, Problem) else value.value
    return found
