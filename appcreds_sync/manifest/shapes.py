"""Lets one of many alike entries speak for all before JSON Schema.

Thousands of credentials have few shapes: the same keys with other texts. Where a key's schema has
no keyword that looks into a text, what JSON Schema says of the entry can't depend on that text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest.tree import Mapping, Sequence, Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from collections.abc import Set as AbstractSet

    from appcreds_sync.manifest.tree import Value

SECTIONS = ("stores", "credentials")
"""The sections that grow with the home; the others are short."""

# Annotations, `type`, and the keywords that JSON Schema applies to other types only. Whatever is
# not in here makes the text part of the shape, which is slower and never wrong.
_BLIND_TO_TEXT = frozenset(
    {
        "$comment",
        "additionalProperties",
        "default",
        "description",
        "errorMessage",
        "examples",
        "items",
        "maximum",
        "minItems",
        "minimum",
        "properties",
        "propertyNames",
        "required",
        "title",
        "type",
        "uniqueItems",
    }
)


class Shapes:
    """The entries of one section, by shape."""

    def __init__(self, section: Mapping, schema: dict[str, Any]) -> None:
        """Take the section and the schema that stands for it."""
        properties: dict[str, dict[str, Any]] = schema["additionalProperties"]["properties"]
        blind = frozenset(key for key, sub in properties.items() if _BLIND_TO_TEXT.issuperset(sub))
        # The name's own rule must see every name that breaks it.
        is_name = re.compile(schema["propertyNames"]["pattern"].replace("$", r"\Z")).search
        self._section = section
        self._members: dict[Hashable, list[str]] = {}
        for name, entry in section.items():
            shape = (is_name(name) is None, _shape(entry, blind))
            self._members.setdefault(shape, []).append(name)

    def representatives(self) -> Mapping:
        """Return the section with one entry of each shape."""
        return self._only(members[0] for members in self._members.values())

    def like(self, names: AbstractSet[str]) -> Mapping:
        """Return the section with every entry that is shaped like one of `names`."""
        groups = (group for group in self._members.values() if not names.isdisjoint(group))
        return self._only(name for group in groups for name in group)

    def _only(self, names: Iterable[str]) -> Mapping:
        return self._section.replaced_by((name, self._section[name]) for name in names)


def _shape(entry: Value, blind: frozenset[str]) -> Hashable:
    if not isinstance(entry, Mapping):
        return _frozen(entry)
    return tuple(
        (key, Text if isinstance(value, Text) and key in blind else _frozen(value))
        for key, value in entry.items()
    )


def _frozen(value: Value) -> Hashable:
    """Return something equal only for values that JSON Schema can't tell apart."""
    match value:
        case Mapping():
            return (Mapping, *((key, _frozen(item)) for key, item in value.items()))
        case Sequence():
            return (Sequence, *(_frozen(item) for item in value))
        case Text():
            return str(value)
        case _:
            return (type(value), value)  # the type, because True == 1
