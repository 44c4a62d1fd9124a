"""Says yes to what a JSON Schema allows, where that is plain to see.

Most manifests are right, and jsonschema takes as long to import as 1,000 credentials to read. It is
asked about whatever gets no yes here: what this module does not know is slower, and never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from appcreds_sync.manifest.tree import Mapping, Sequence, Text

Accepts = Callable[[object], bool]
"""Tells whether a value of a tree is surely allowed."""
Schema = dict[str, Any]
Definitions = dict[str, Schema]
"""What `$ref` names."""

_TYPES = {"array": Sequence, "boolean": bool, "integer": int, "object": Mapping, "string": Text}
_ANNOTATIONS = frozenset(
    {
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "default",
        "description",
        "errorMessage",
        "examples",
        "format",
        "title",
    }
)


def accepter(schema: Schema, definitions: Definitions) -> Accepts:
    """Return what accepts the values of `schema`."""
    tests = [
        _TESTS.get(keyword, _never)(wanted, definitions)
        for keyword, wanted in schema.items()
        if keyword not in _ANNOTATIONS | _OF_MEMBERS
    ]
    if not _OF_MEMBERS.isdisjoint(schema):
        tests.append(_members(schema, definitions))
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def python_pattern(regex: str) -> re.Pattern[str]:
    """Return the pattern as JSON Schema (ECMA 262) means it.

    There `$` is the end; in Python it is also the place before a last line break.
    """
    return re.compile(regex.replace("$", r"\Z"))


def is_secret(value: object) -> bool:
    """Tell whether it is a `!secret`, whose name must not be taken for the value itself."""
    return isinstance(value, Text) and value.kind == "secret"


_OF_MEMBERS = frozenset({"additionalProperties", "properties"})


def _members(schema: Schema, definitions: Definitions) -> Accepts:
    by_key = {key: accepter(sub, definitions) for key, sub in schema.get("properties", {}).items()}
    rest = schema.get("additionalProperties")
    other = accepter(rest, definitions) if isinstance(rest, dict) else None

    def accepts(value: object) -> bool:
        if not isinstance(value, dict):
            return True
        for key, member in value.items():
            test = by_key.get(key, other)
            if test is None or not test(member):
                return False
        return True

    return accepts


def _never(_: object, __: Definitions) -> Accepts:
    return lambda _: False


def _ref(target: str, definitions: Definitions) -> Accepts:
    return accepter(definitions[target.removeprefix("#/$defs/")], definitions)


def _type(wanted: str | list[str], _: Definitions) -> Accepts:
    kinds = frozenset(
        _TYPES.get(name) for name in ([wanted] if isinstance(wanted, str) else wanted)
    )
    # Not isinstance: True is an int to Python, and none to JSON Schema.
    return lambda value: type(value) in kinds


def _const(wanted: object, _: Definitions) -> Accepts:
    return lambda value: type(value) is type(wanted) and value == wanted


def _enum(values: list[object], _: Definitions) -> Accepts:
    texts = frozenset(value for value in values if isinstance(value, str))
    return lambda value: isinstance(value, str) and value in texts and not is_secret(value)


def _pattern(regex: str, _: Definitions) -> Accepts:
    search = python_pattern(regex).search

    def accepts(value: object) -> bool:
        return not isinstance(value, str) or (search(value) is not None and not is_secret(value))

    return accepts


def _minimum(limit: int, _: Definitions) -> Accepts:
    return lambda value: not isinstance(value, int) or value >= limit


def _maximum(limit: int, _: Definitions) -> Accepts:
    return lambda value: not isinstance(value, int) or value <= limit


def _min_items(limit: int, _: Definitions) -> Accepts:
    return lambda value: not isinstance(value, list) or len(value) >= limit


def _unique_items(_: object, __: Definitions) -> Accepts:
    def accepts(value: object) -> bool:
        if not isinstance(value, list):
            return True
        return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)

    return accepts


def _items(schema: Schema, definitions: Definitions) -> Accepts:
    accepts = accepter(schema, definitions)
    return lambda value: not isinstance(value, list) or all(map(accepts, value))


def _property_names(schema: Schema, definitions: Definitions) -> Accepts:
    accepts = accepter(schema, definitions)
    return lambda value: not isinstance(value, dict) or all(map(accepts, value))


def _required(keys: list[str], _: Definitions) -> Accepts:
    return lambda value: not isinstance(value, dict) or all(key in value for key in keys)


_TESTS: dict[str, Callable[[Any, Definitions], Accepts]] = {
    "$ref": _ref,
    "const": _const,
    "enum": _enum,
    "items": _items,
    "maximum": _maximum,
    "minItems": _min_items,
    "minimum": _minimum,
    "pattern": _pattern,
    "propertyNames": _property_names,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}
"""By keyword. One that is made for another type has nothing against a value."""
