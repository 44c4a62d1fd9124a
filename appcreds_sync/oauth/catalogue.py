"""Loads the catalogue that ships with the package."""

from __future__ import annotations

import json
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from appcreds_sync.model.catalogue import Integration

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Catalogue

_FIELDS = tuple(Integration.__dataclass_fields__)


def load_catalogue() -> Catalogue:
    """Return the facts of every integration that Home Assistant Core 2026.11.0 ships, by domain.

    Read off each integration's `application_credentials` platform; the file names its source.
    """
    text = resources.files(__package__).joinpath("integrations.json").read_text(encoding="utf-8")
    rows = json.loads(text)["integrations"]
    return MappingProxyType({row["domain"]: _integration(row) for row in rows})


def _integration(row: dict[str, Any]) -> Integration:
    known = {name: row[name] for name in _FIELDS if name in row}
    return Integration(
        **known | {"token_parameters": tuple(row.get("token_parameters", {}).items())}
    )
