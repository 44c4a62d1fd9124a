"""The published schemas, as the tests hold our output to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import jsonschema

ROOT: Final = Path(__file__).parent.parent.parent


def check(name: str, document: object) -> None:
    """Raise ValidationError unless `document` is as `schema/<name>.schema.json` says, and no more.

    A reader of an older schema may meet new fields, so the published ones allow them; we ourselves
    print none that is not described.
    """
    schema = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.validate(document, _closed(schema), jsonschema.Draft202012Validator)


def _closed(schema: Any) -> Any:
    """Return the schema with every object's fields limited to those that it describes."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed["additionalProperties"] = False
    return closed
