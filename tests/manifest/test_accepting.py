"""What the quick look knows of JSON Schema. That it is never wrong: see test_schema.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.manifest import accepting
from appcreds_sync.manifest.document import parse
from appcreds_sync.manifest.findings import Findings
from appcreds_sync.manifest.schema_file import load_schema
from appcreds_sync.manifest.tree import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Source("m.yaml", Path("/m/m.yaml"), Path("/m"))


def accepts(schema: dict[str, Any], text: str) -> bool:
    return accepting.accepter(schema, {})(parse(text.encode(), SOURCE, Findings()))


def keywords(schema: dict[str, Any]) -> Iterator[str]:
    yield from schema
    for key in ("properties", "$defs"):
        for sub in schema.get(key, {}).values():
            yield from keywords(sub)
    for key in ("additionalProperties", "items", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from keywords(schema[key])


def test_every_keyword_of_the_published_schema_is_known() -> None:
    known = accepting._TESTS.keys() | accepting._ANNOTATIONS | accepting._OF_MEMBERS
    assert set(keywords(load_schema())) <= known


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "string"}, "a", "[a]"),
        ({"type": ["string", "object"]}, "{a: b}", "[a]"),
        ({"type": "array"}, "[a]", "~"),
        ({"enum": ["a", "b"]}, "b", "c"),
        ({"enum": ["a", "b"]}, "b", "!secret b"),
        ({"pattern": "^a$"}, "a", "!secret a"),
        ({"pattern": "^a$"}, "a", '"a\\n"'),
        ({"pattern": "^a$"}, "[b]", "b"),
        ({"minItems": 1}, "[a]", "[]"),
        ({"uniqueItems": True}, "[a, b]", "[a, a]"),
        ({"items": {"type": "string"}}, "[a]", "[a, ~]"),
        ({"propertyNames": {"pattern": "^a"}}, "{ab: c}", "{ba: c}"),
        ({"required": ["a"]}, "{a: b}", "{b: a}"),
        ({"properties": {"a": {}}, "additionalProperties": False}, "{a: b}", "{b: a}"),
        ({"properties": {"a": {"enum": ["b"]}}, "additionalProperties": {}}, "{c: d}", "{a: c}"),
    ],
)
def test_it_says_yes_to_what_is_right(schema: dict[str, Any], right: str, wrong: str) -> None:
    assert accepts(schema, right)
    assert not accepts(schema, wrong)


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "integer"}, 1, True),
        ({"type": "boolean"}, True, 1),
        ({"const": 1}, 1, True),
        ({"minimum": 0}, 0, -1),
        ({"maximum": 9}, 9, 10),
        ({"$ref": "#/$defs/small", "minimum": 2}, 3, 5),
    ],
)
def test_it_knows_numbers_from_booleans(
    schema: dict[str, Any], right: object, wrong: object
) -> None:
    test = accepting.accepter(schema, {"small": {"maximum": 4}})
    assert test(right)
    assert not test(wrong)


def test_it_never_says_yes_where_it_does_not_know_the_keyword() -> None:
    assert not accepts({"type": "string", "minLength": 1}, "a")


def test_texts_that_are_no_texts_are_left_to_jsonschema() -> None:
    assert not accepts({"uniqueItems": True}, "[{a: b}, {a: c}]")
