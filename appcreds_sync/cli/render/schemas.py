"""The published JSON Schemas, as they ship with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import appcreds_sync


def schema_text(name: str) -> str:
    """Return `<name>.schema.json`: from the wheel, or from the checkout that this runs in."""
    file_name = f"{name}.schema.json"
    shipped = resources.files(appcreds_sync).joinpath("_schema", file_name)
    if shipped.is_file():
        return shipped.read_text("utf-8")
    package = Path(appcreds_sync.__file__).parent
    return package.parent.joinpath("schema", file_name).read_text("utf-8")
