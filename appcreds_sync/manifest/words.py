"""Says in plain words what JSON Schema found, never with the value itself: it may be a secret."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from appcreds_sync.manifest.accepting import is_secret
from appcreds_sync.manifest.tree import Mapping, Sequence, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema import ValidationError

    from appcreds_sync.manifest.tree import Value
    from appcreds_sync.model.mark import Mark

Path = tuple[str | int, ...]

_TYPES = {
    "string": "text",
    "object": "a mapping (`key: value` lines)",
    "array": "a list (`[a, b]`, or lines that begin with `- `)",
    "integer": "a whole number, without quotes",
    "boolean": "`true` or `false`, without quotes",
}
_SHOWABLE = re.compile(r"[\w.-]{1,60}")
_MANY = 12


class Finding(NamedTuple):
    """One thing that JSON Schema found."""

    mark: Mark
    code: str
    what: str
    hint: str


def findings_of(error: ValidationError, tree: Mapping) -> Iterator[Finding]:
    """Yield what `error` says of `tree`."""
    path = tuple(error.absolute_path)
    here = _dotted(path)
    limit: Any = error.validator_value
    schema: Any = error.schema
    value: Any = error.instance
    if "propertyNames" in error.schema_path:
        parent = _at(tree, path)
        assert isinstance(parent, Mapping)  # only mappings have property names
        yield Finding(parent.key(value).mark, "manifest-name", _message(error), "rename it")
        return
    mark = mark_at(tree, path)
    match error.validator:
        case "enum" | "pattern" if is_secret(value):
            yield Finding(mark, "manifest-value", f"{here} can't be a `!secret`", "write it out")
        case "additionalProperties":
            yield from _unknown_keys(value, schema["properties"], here)
        case "required":
            missing = next(name for name in limit if name not in value)
            what = f"{here or 'the manifest'} has no `{missing}`"
            yield Finding(key_mark_at(tree, path), "manifest-missing-key", what, "add it")
        case "type":
            yield _wrong_type(mark, here, limit, empty=value is None)
        case "enum":
            what = f"{here} must be one of {listed(limit)}"
            yield Finding(mark, "manifest-value", what, did_you_mean(value, limit))
        case "minItems":
            yield Finding(mark, "manifest-value", f"{here} is empty", "name one, or leave it out")
        case "uniqueItems":
            yield Finding(mark, "manifest-value", f"{here} holds the same twice", "remove one")
        case "minimum" | "maximum":
            most = schema["maximum"]
            what = f"{here} must be between {schema['minimum']} and {most}"
            yield Finding(mark, "manifest-value", what, "")
        case _:
            yield Finding(mark, "manifest-value", f"{here}: {_message(error)}", "")


def did_you_mean(text: object, known: Iterable[str]) -> str:
    """Return `did you mean …?` where `text` is close to one of `known`, else nothing."""
    close = _closest(str(text), frozenset(known)) if isinstance(text, str) else None
    return f"did you mean `{close}`?" if close else ""


@lru_cache  # the same mistake, or the same custom integration, may stand there thousands of times
def _closest(text: str, known: frozenset[str]) -> str | None:
    return next(iter(difflib.get_close_matches(text, sorted(known), 1)), None)


def listed(names: Iterable[str]) -> str:
    """Return names as a person lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)


def mark_at(tree: Mapping, path: Path) -> Mark:
    """Return where the value at `path` begins, or its key where the value knows no place."""
    value = _at(tree, path)
    if isinstance(value, Text | Sequence | Mapping):
        return value.mark
    return key_mark_at(tree, path)


def key_mark_at(tree: Mapping, path: Path) -> Mark:
    """Return where the key at `path` begins; of a list's item, where the item or list does."""
    if not path:
        return tree.mark
    parent, last = _at(tree, path[:-1]), path[-1]
    if isinstance(parent, Mapping) and isinstance(last, str):
        return parent.key(last).mark
    value = _at(tree, path)
    if isinstance(value, Text | Sequence | Mapping):
        return value.mark
    return mark_at(tree, path[:-1])


def _wrong_type(mark: Mark, here: str, types: str | list[str], *, empty: bool) -> Finding:
    if empty:
        hint = f"write {_types(types)}, or leave the key out"
        return Finding(mark, "manifest-type", f"{here} is empty", hint)
    return Finding(mark, "manifest-type", f"{here} must be {_types(types)}", "")


def _unknown_keys(mapping: Mapping, known: dict[str, object], here: str) -> Iterator[Finding]:
    for key, _ in mapping.entries():
        if key not in known:
            shown = f"unknown key `{key}`" if _SHOWABLE.fullmatch(key) else "an unknown key"
            what = f"{shown} in {here}" if here else shown
            # A key that stands there already is not what was meant.
            hint = did_you_mean(key, (name for name in known if name not in mapping))
            if not hint and len(known) <= _MANY:
                hint = f"known are {listed(known)}"
            yield Finding(key.mark, "manifest-unknown-key", what, hint)


def _at(tree: Value, path: Path) -> Value:
    value: Any = tree
    for step in path:
        value = value[step]
    found: Value = value
    return found


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return f"`{text.removeprefix('.')}`" if text else ""


def _types(names: str | list[str]) -> str:
    names = [names] if isinstance(names, str) else names
    return " or ".join(_TYPES[name] for name in names if name in _TYPES)


def _message(error: ValidationError) -> str:
    schema: Any = error.schema
    return str(schema.get("errorMessage", "this is not allowed here"))
