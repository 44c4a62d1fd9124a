"""Plain values that know where in a file they stand.

They are subclasses of `str`, `list` and `dict`, so that JSON Schema can be applied to them as they
are. A place is kept as two numbers: most values are never asked for theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self, cast

from appcreds_sync.model.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Kind = Literal["plain", "quoted", "secret", "broken"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a manifest."""

    file: str
    """As a person named it; relative to the working directory where it is below that."""
    path: Path
    """Absolute."""
    root: Path
    """Absolute; the manifest's root, at or above the file's directory."""
    directory: Path = field(init=False)
    """Where relative paths in the file start."""

    def __post_init__(self) -> None:
        # Kept: every reference asks for it, and pathlib makes a new one each time.
        object.__setattr__(self, "directory", self.path.parent)


class Text(str):
    """A scalar, as written."""

    __slots__ = ("column", "kind", "line", "source")

    source: Source
    line: int
    column: int
    kind: Kind
    """`secret`: the name of a `!secret`; `broken`: an error was reported here already."""

    def __new__(cls, text: str, source: Source, line: int, column: int, kind: Kind) -> Self:
        """Take the place as YAML counts it, from 0."""
        self = super().__new__(cls, text)
        self.source = source
        self.line = line
        self.column = column
        self.kind = kind
        return self

    @property
    def mark(self) -> Mark:
        """Where it begins."""
        return Mark(self.source.file, self.line + 1, self.column + 1)


class Sequence(list["Value"]):
    """A list."""

    __slots__ = ("column", "line", "source")

    def __init__(self, source: Source, line: int, column: int) -> None:
        """Take the place as YAML counts it, from 0."""
        super().__init__()
        self.source = source
        self.line = line
        self.column = column

    @property
    def mark(self) -> Mark:
        """Where it begins."""
        return Mark(self.source.file, self.line + 1, self.column + 1)


class Mapping(dict[str, "Value"]):
    """A mapping. Its keys are each a `Text`, which equals its plain text and knows its place."""

    __slots__ = ("_keys", "column", "line", "source")

    def __init__(self, source: Source, line: int, column: int) -> None:
        """Take the place as YAML counts it, from 0."""
        super().__init__()
        self.source = source
        self.line = line
        self.column = column
        self._keys: dict[str, Text] = {}

    @property
    def mark(self) -> Mark:
        """Where it begins."""
        return Mark(self.source.file, self.line + 1, self.column + 1)

    def entries(self) -> Iterable[tuple[Text, Value]]:
        """Return keys and values, as `items` does, the keys as they stand in the file."""
        return cast("Iterable[tuple[Text, Value]]", self.items())

    def add(self, key: Text, value: Value) -> None:
        """Set a value, and know its key's place at once: a file may hold many keys twice."""
        self[key] = value
        self._keys[key] = key

    def key(self, name: str) -> Text:
        """Return the key as it stands in the file. Raise KeyError if there is none."""
        if name not in self._keys:
            self._keys = {key: key for key, _ in self.entries()}
        return self._keys[name]

    def mark_of(self, name: str) -> Mark:
        """Return the place of the value, or of its key where the value knows none."""
        value = self[name]
        return value.mark if isinstance(value, Text | Sequence | Mapping) else self.key(name).mark

    def replaced_by(self, entries: Iterable[tuple[str, Value]]) -> Mapping:
        """Return a mapping that stands in the same place and holds `entries`."""
        other = Mapping(self.source, self.line, self.column)
        other.update(entries)
        return other


Value = Text | Sequence | Mapping | int | None
"""`int` (and so `bool`) only where the schema wants it."""
