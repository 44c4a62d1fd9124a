"""Builds the tree of one YAML document from the parser's events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from appcreds_sync.manifest.tree import Kind, Mapping, Sequence, Text
from appcreds_sync.model.mark import Mark

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Source, Value

MAX_DEPTH = 50
"""Of nesting; a manifest needs eight."""
MAX_VALUES = 1_000_000
"""With every alias counted as all that it stands for."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_MERGE = "<<"
_STANDARD_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})
_STANDARD_COLLECTION_TAGS = _STANDARD_TAGS | {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_REPLACEMENTS = {
    "!include": "put the parts beside each other in a directory: its files are read as one",
    "!include_dir_list": "name the directory as the manifest: its files are read as one",
    "!include_dir_merge_list": "name the directory as the manifest: its files are read as one",
    "!include_dir_merge_named": "name the directory as the manifest: its files are read as one",
    "!include_dir_named": "name the directory as the manifest: its files are read as one",
    "!env_var": "write env://NAME",
}


class TreeTooBigError(Exception):
    """The tree is deeper or larger than any manifest. It was reported; to go on is of no use."""


class Start(Protocol):
    """Where PyYAML says that something begins, from 0."""

    line: int
    column: int


class Event(Protocol):
    """What both of PyYAML's parsers give for a node."""

    start_mark: Start
    anchor: str | None
    tag: str | None


class ScalarEvent(Event, Protocol):
    """A text."""

    value: str
    implicit: tuple[bool, bool]
    """The first: it was written without quotes or tag."""


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    value: Mapping | Sequence
    anchor: str | None
    values_before: int
    key: Text | None = None
    """Of a mapping: the key that waits for its value."""


class TreeBuilder:
    """Takes the events of one document, one after another; `root` is the tree when all are in."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self.root: Value = None
        self._source = source
        self._findings = findings
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, int] | None] = {}
        """By name, each with its size; None while its collection is still open."""
        self._values = 0

    def scalar(self, event: ScalarEvent) -> None:
        """Take a scalar."""
        line, column = event.start_mark.line, event.start_mark.column
        text = event.value
        value: Value
        if event.tag is None and event.implicit[0] and text in _NULLS:
            value = None
        else:
            kind = self._kind(event, line, column)
            value = Text(text, self._source, line, column, kind)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, 1, line, column)

    def start(self, event: Event, *, mapping: bool) -> None:
        """Open a collection."""
        line, column = event.start_mark.line, event.start_mark.column
        if event.tag not in _STANDARD_COLLECTION_TAGS:
            self._unknown_tag(event.tag, line, column)
        if len(self._frames) >= MAX_DEPTH:
            self._too_big(line, column, f"nested more than {MAX_DEPTH} deep")
        collection = (Mapping if mapping else Sequence)(self._source, line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._frames.append(_Frame(collection, event.anchor, self._values))

    def end(self) -> None:
        """Close the innermost collection."""
        frame = self._frames.pop()
        value = frame.value
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (value, self._values - frame.values_before + 1)
        if isinstance(value, Mapping) and _MERGE in value:
            self._merge(value)
        self._add(value, 1, value.line, value.column)

    def alias(self, event: Event) -> None:
        """Take an alias: the very value that its anchor names."""
        line, column = event.start_mark.line, event.start_mark.column
        value, size = self._anchors.get(event.anchor or "") or (None, 0)
        if not size:
            # The name is not shown: it may be an unquoted secret that begins with an asterisk.
            self._error(
                line,
                column,
                "manifest-unknown-alias",
                "an alias (`*…`) without an anchor (`&…`) before it",
                "quote the text if it begins with an asterisk",
            )
            value = Text("", self._source, line, column, "broken")
        self._add(value, max(size, 1), line, column)

    def _add(self, value: Value, size: int, line: int, column: int) -> None:
        self._values += size
        if self._values > MAX_VALUES:
            self._too_big(line, column, f"more than {MAX_VALUES:,} values, aliases counted in full")
        if not self._frames:
            self.root = value
            return
        frame = self._frames[-1]
        collection = frame.value
        if isinstance(collection, Sequence):
            collection.append(value)
        elif frame.key is None:
            frame.key = self._key(value, line, column)
        else:
            self._set(collection, frame.key, value)
            frame.key = None

    def _key(self, value: Value, line: int, column: int) -> Text:
        if isinstance(value, Text) and value.kind in {"plain", "quoted"} and value.isprintable():
            return value
        if not isinstance(value, Text) or value.kind != "broken":
            self._error(line, column, "manifest-key", "a key must be plain text on one line")
        return Text("", self._source, line, column, "broken")

    def _set(self, mapping: Mapping, key: Text, value: Value) -> None:
        if key.kind == "broken":
            return
        if key in mapping:
            first = mapping.key(key).mark
            self._error(
                key.line,
                key.column,
                "manifest-duplicate-key",
                f"`{key}` stands twice in this mapping, first at {first}",
                "remove one",
            )
            return
        mapping.add(key, value)

    def _merge(self, mapping: Mapping) -> None:
        key = mapping.key(_MERGE)
        if key.kind != "plain":
            return
        merged = mapping.pop(key)
        for other in merged if isinstance(merged, Sequence) else [merged]:
            if isinstance(other, Mapping):
                for name, value in other.items():
                    mapping.setdefault(name, value)
            elif not (isinstance(other, Text) and other.kind == "broken"):
                self._error(
                    key.line,
                    key.column,
                    "manifest-merge-key",
                    "`<<` takes an alias of a mapping, or a list of such aliases",
                )

    def _kind(self, event: ScalarEvent, line: int, column: int) -> Kind:
        if event.tag == "!secret":
            return self._secret_kind(event.value, line, column)
        if event.tag not in _STANDARD_TAGS:
            self._unknown_tag(event.tag, line, column)
            return "broken"
        if not event.value.isprintable() and _CONTROL.search(event.value):
            what, hint = "a control character in a text", "leave it out"
            self._error(line, column, "manifest-control-character", what, hint)
            return "broken"
        return "plain" if event.implicit[0] and event.tag is None else "quoted"

    def _secret_kind(self, name: str, line: int, column: int) -> Kind:
        if name and name == name.strip() and name.isprintable():
            return "secret"
        self._error(
            line,
            column,
            "manifest-secret-tag",
            "`!secret` without a name",
            "write `!secret name`, the name as it stands in secrets.yaml",
        )
        return "broken"

    def _unknown_tag(self, tag: str | None, line: int, column: int) -> None:
        # Only known tags are shown: another may be an unquoted secret that begins with `!`.
        replacement = _REPLACEMENTS.get(tag or "")
        self._error(
            line,
            column,
            "manifest-tag",
            f"`{tag}` is not supported" if replacement else "an unknown tag (`!…`)",
            replacement or "only `!secret name` is known; quote the text if it begins with `!`",
        )

    def _too_big(self, line: int, column: int, what: str) -> None:
        self._error(line, column, "manifest-too-big", what, "this can't be a manifest")
        raise TreeTooBigError

    def _error(self, line: int, column: int, code: str, what: str, hint: str = "") -> None:
        self._findings.error(Mark(self._source.file, line + 1, column + 1), code, what, hint)
