"""Writes the reference of the manifest's fields into docs/manifest.md, from the JSON Schema.

`python docs/generate_manifest_reference.py` after a change of the schema; a test compares.
"""

# ruff: noqa: INP001  # a script, not a package

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent / "manifest.md"
BEGIN = "<!-- The rest is made from schema/manifest.schema.json; do not edit it here. -->\n"
_SCHEMA = Path(__file__).parents[1] / "schema" / "manifest.schema.json"
_NAMES = {"stores": "<store>", "credentials": "<credential>"}


def page() -> str:
    """Return the page with the reference as the schema has it now."""
    text = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return f"{text}{BEGIN}\n## Every field\n" + "".join(_section("", schema, schema))


def _section(path: str, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    fields = {f"{path}{name}": sub for name, sub in schema.get("properties", {}).items()}
    if path:
        yield f"\n### `{path.removesuffix('.')}`\n\n{schema['description']}\n"
    if fields:
        yield "\n| field | takes | example |\n| --- | --- | --- |\n"
        required = schema.get("required", ())
        for name, field in fields.items():
            yield _row(name.removeprefix(path), field, root, name.removeprefix(path) in required)
    for name, field in fields.items():
        if "properties" in field:
            yield from _section(f"{name}.", field, root)
        key = name.rpartition(".")[2]
        if key in _NAMES and isinstance(field.get("additionalProperties"), dict):
            inner = field["additionalProperties"]
            if "properties" in inner:
                yield from _section(f"{name}.{_NAMES[key]}.", inner, root)
        if "properties" in field.get("items", {}):
            yield from _section(f"{name}[].", field["items"], root)


def _row(name: str, field: dict[str, Any], root: dict[str, Any], required: bool) -> str:  # noqa: FBT001  # one caller
    resolved = {**root["$defs"].get(field.get("$ref", "").rpartition("/")[2], {}), **field}
    notes = [resolved["description"]]
    if "enum" in resolved:
        notes.append("One of " + ", ".join(f"`{value}`" for value in resolved["enum"]) + ".")
    if "default" in resolved:
        notes.append(f"Default: `{_shown(resolved['default'])}`.")
    if required:
        notes.append("**Required.**")
    example = _shown(resolved["examples"][0])
    return f"| `{name}` | {' '.join(notes)} | `{example}` |\n"


def _shown(value: object) -> str:
    """Return a value as YAML's flow style has it, without quotes where none are needed."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_shown, value)) + "]"
        case bool():
            return "true" if value else "false"
        case _:
            return f'"{value}"' if "{" in str(value) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
