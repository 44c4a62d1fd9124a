"""A file's YAML as nodes with their places in the text, for who edits the text itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml import events

from appcreds_sync.manifest.document import LOADER
from appcreds_sync.manifest.files import shown
from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_COMMENTS = re.compile(r"(?:[ \t\n]|(?<![^ \t\n])#[^\n]*)*")
_KEEPING = re.compile(r"[|>][0-9]*\+")


@dataclass(frozen=True, slots=True)
class Node:
    """A value or a key. An alias is a node of its own, where it stands."""

    event: type[events.NodeEvent]
    """What began it."""
    start: int
    """Index of its first character, that of an anchor or a tag included."""
    opened: int
    """Index behind its opening bracket, if it has one."""
    text: str
    """Of a scalar; of an alias, the anchor's name."""
    anchor: str | None
    flow: bool
    """In braces or brackets."""
    children: list[Node] = field(default_factory=list)
    """Items; of a mapping, keys and values in turn."""
    ends: list[int] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Index behind it; of a block, where the next thing begins."""
        return self.ends[0]

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping, in either style."""
        return self.event is events.MappingStartEvent

    @property
    def is_sequence(self) -> bool:
        """Whether it is a sequence, in either style."""
        return self.event is events.SequenceStartEvent

    @property
    def is_alias(self) -> bool:
        """Whether it is an alias."""
        return self.event is events.AliasEvent

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        """Keys and values of a mapping."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))

    def find(self, key: str) -> tuple[Node, Node] | None:
        """Return the key and the value of a mapping at `key`."""
        found = (pair for pair in self.pairs if pair[0].text == key and not pair[0].is_alias)
        return next(found, None)

    def walk(self) -> Iterator[Node]:
        """Yield it, and all that is in it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    def last(self) -> Node:
        """Return what ends it: of a block its last value, and so on; else itself."""
        node = self
        while node.children and not node.flow:
            node = node.children[-1]
        return node


@dataclass(frozen=True, slots=True)
class Document:
    """A text that is one mapping."""

    root: Node
    end: int
    """Index behind its last line: of `...`, if that is there."""


def compose(text: str, file: Path) -> Document:
    """Return `text`, of which a manifest was read. Raise ManifestError where it is no mapping."""
    root: Node | None = None
    end = len(text)
    open_nodes: list[Node] = []
    parsing: Iterable[Any] = yaml.parse(text, Loader=LOADER)
    for event in parsing:
        kind = type(event)
        if issubclass(kind, events.NodeEvent):
            node = _node(event)
            if open_nodes:
                open_nodes[-1].children.append(node)
            root = root or node
            if issubclass(kind, events.CollectionStartEvent):
                open_nodes.append(node)
            else:
                node.ends.append(event.end_mark.index)
        elif issubclass(kind, events.CollectionEndEvent):
            open_nodes.pop().ends.append(event.end_mark.index)
        elif issubclass(kind, events.DocumentEndEvent):
            end = event.start_mark.index
    if root is None or not root.is_mapping:
        raise not_editable(file, "it is no mapping (`key: value` lines)")
    return Document(root, end)


def not_editable(file: Path, why: str) -> ManifestError:
    """Return what to tell where the file is such that we had better not touch it."""
    what = f"this file can't be edited by a program: {why}"
    hint = "nothing was written; edit it by hand, or write it in another way"
    return ManifestError(Problem("manifest-not-edited", what, hint, shown(file)))


def column(text: str, index: int) -> int:
    """Return how far from the start of its line the character at `index` is."""
    return index - text.rfind("\n", 0, index) - 1


def line_end(text: str, node: Node) -> int:
    """Return the index after the line in which `node` ends."""
    leaf = node.last()
    index = leaf.end - 1
    # The end of a block of text is where the next thing begins.
    if not keeps_empty_lines(text, leaf):
        while index > 0 and text[index] in " \t\n":
            index -= 1
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def keeps_empty_lines(text: str, node: Node) -> bool:
    """Tell whether it is a block of text to which the empty lines behind it belong."""
    return _KEEPING.match(text, node.start) is not None and not node.children


def after_comments(text: str, index: int) -> int:
    """Return the index of what comes next from `index` on, white space and comments left out."""
    found = _COMMENTS.match(text, index)
    return found.end() if found else index


def _node(event: Any) -> Node:  # noqa: ANN401  # as the stubs have a mark for None, too
    return Node(
        event=type(event),
        start=event.start_mark.index,
        opened=event.end_mark.index,
        text=event.value if isinstance(event, events.ScalarEvent) else event.anchor or "",
        anchor=None if isinstance(event, events.AliasEvent) else event.anchor,
        flow=isinstance(event, events.CollectionStartEvent) and bool(event.flow_style),
    )
