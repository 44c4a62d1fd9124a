"""Finds the published JSON Schema of the manifest."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_NAME = "manifest.schema.json"


def schema_file() -> Traversable:
    """Return the schema's file: the one in the wheel, else the one at the top of the checkout."""
    package = resources.files("appcreds_sync")
    shipped = package / "_schema" / _NAME
    if shipped.is_file():
        return shipped
    return Path(str(package)).parent / "schema" / _NAME


def load_schema() -> dict[str, Any]:
    """Return the schema as JSON Schema 2020-12 has it."""
    schema: dict[str, Any] = json.loads(schema_file().read_text(encoding="utf-8"))
    return schema
