"""Checks a tree against the published JSON Schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest import words
from appcreds_sync.manifest.accepting import accepter, is_secret, python_pattern
from appcreds_sync.manifest.schema_file import load_schema
from appcreds_sync.manifest.tree import Mapping, Sequence, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Value

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS = {"true": True, "false": False}
_BY_ENTRY = frozenset({"stores", "credentials", "absent"})
"""Sections in which one entry can be wrong and the others stay right."""
_LONG = ("stores", "credentials")
"""Sections that grow with the home."""

Entry = tuple[str | int, ...]
"""A section, or (section, name or index) of one entry; empty for the manifest itself."""


def check(tree: Mapping, findings: Findings) -> Mapping:
    """Report what the schema does not allow; return the tree without the entries concerned.

    Where the schema wants a whole number or a boolean, the text is replaced by one.
    """
    schema = load_schema()
    _convert(tree, schema)
    errors = _errors(tree, schema)
    for error in errors:
        for mark, code, what, hint in words.findings_of(error, tree):
            # What is broken already was reported, in better words.
            if not findings.has_error_at(mark):
                findings.error(mark, code, what, hint)
    return _without(tree, {_entry(error) for error in errors})


def _errors(tree: Mapping, schema: dict[str, Any]) -> list[ValidationError]:
    definitions = schema["$defs"]
    if accepter(schema, definitions)(tree):
        return []
    doubtful = [
        (name, _doubtful(section, schema["properties"][name], definitions))
        for name in _LONG
        if isinstance(section := tree.get(name), Mapping)
    ]
    return list(_validator(schema).iter_errors(tree.replaced_by([*tree.items(), *doubtful])))


def _doubtful(section: Mapping, schema: dict[str, Any], definitions: dict[str, Any]) -> Mapping:
    """Return the section without the entries that are plainly right."""
    is_name = accepter(schema["propertyNames"], definitions)
    is_entry = accepter(schema["additionalProperties"], definitions)
    return section.replaced_by(
        (name, entry) for name, entry in section.items() if not (is_name(name) and is_entry(entry))
    )


def _validator(schema: dict[str, Any]) -> Validator:
    from jsonschema import Draft202012Validator, ValidationError, validators  # slow

    def pattern(
        _: Validator, regex: str, instance: object, __: dict[str, Any]
    ) -> Iterator[ValidationError]:
        if isinstance(instance, str) and (
            is_secret(instance) or not python_pattern(regex).search(instance)
        ):
            yield ValidationError("")

    def enum(
        _: Validator, values: list[object], instance: object, __: dict[str, Any]
    ) -> Iterator[ValidationError]:
        if is_secret(instance) or instance not in values:
            yield ValidationError("")

    extend: Callable[..., type[Validator]] = validators.extend
    return extend(Draft202012Validator, {"enum": enum, "pattern": pattern})(schema)


def _entry(error: ValidationError) -> Entry:
    path = tuple(error.absolute_path)
    if "propertyNames" in error.schema_path:
        return (*path, str(error.instance))
    return path[:2] if path and path[0] in _BY_ENTRY else path[:1]


def _without(tree: Mapping, wrong: set[Entry]) -> Mapping:
    def sound(name: str, section: Value) -> Value:
        if name not in _BY_ENTRY:
            return section
        if isinstance(section, Mapping):
            return section.replaced_by(
                (key, value) for key, value in section.items() if (name, key) not in wrong
            )
        assert isinstance(section, Sequence)  # else the section as a whole is wrong
        kept = Sequence(section.source, section.line, section.column)
        kept.extend(value for index, value in enumerate(section) if (name, index) not in wrong)
        return kept

    return tree.replaced_by(
        (name, sound(name, section)) for name, section in tree.items() if (name,) not in wrong
    )


def _convert(mapping: Mapping, schema: dict[str, Any]) -> None:
    for key, sub in schema.get("properties", {}).items():
        if key in mapping:
            mapping[key] = _converted(mapping[key], sub)
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and _wants_other_than_text(others):
        for key, value in mapping.items():
            mapping[key] = _converted(value, others)


def _converted(value: Value, schema: dict[str, Any]) -> Value:
    if isinstance(value, Mapping):
        _convert(value, schema)
    elif isinstance(value, Text) and value.kind == "plain":
        if schema.get("type") == "integer" and _INTEGER.fullmatch(value):
            return int(value)
        if schema.get("type") == "boolean":
            return _BOOLEANS.get(value, value)
    return value


def _wants_other_than_text(schema: dict[str, Any]) -> bool:
    subs = [*schema.get("properties", {}).values(), schema.get("additionalProperties")]
    return schema.get("type") in ("integer", "boolean") or any(
        isinstance(sub, dict) and _wants_other_than_text(sub) for sub in subs
    )
