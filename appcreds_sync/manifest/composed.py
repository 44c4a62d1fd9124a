"""A file's YAML as nodes with their places in the text, for who edits the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_BOM = "\ufeff"

# ruamel's nodes have no types.
Node = Any


def edit(content: bytes, how: Callable[[str], str]) -> bytes:
    """Return `content` as changed by `how`; its line ends and byte order mark stay."""
    text = content.decode("utf-8")
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    ending = "\r\n" if "\r\n" in text else "\n"
    return (mark + how(text.replace("\r\n", "\n")).replace("\n", ending)).encode()


def compose(text: str, file: Path) -> Node:
    """Return the mapping that `text` is. Raise ManifestError where it is none."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # slow to import, and few commands edit
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        root = YAML().compose(text)
    except YAMLError:
        root = None
    if root is None or not is_mapping(root):
        raise not_editable(file)
    return root


def not_editable(file: Path) -> ManifestError:
    """Return what to tell where the file is such that we had better not touch it."""
    what = "this file can't be edited by a program"
    return ManifestError(Problem("manifest-not-edited", what, "edit it by hand", str(file)))


def find(mapping: Node, key: str) -> tuple[Node, Node] | None:
    """Return the key and the value of `mapping` at `key`."""
    return next(((name, value) for name, value in mapping.value if name.value == key), None)


def is_mapping(node: Node) -> bool:
    """Tell whether it is a mapping, in either style."""
    return bool(node.id == "mapping")


def last_index(nodes: Iterable[Node], start: int, limit: int) -> int:
    """Return the index of the last character of `nodes` that is no comment.

    Looks at what lies from `start` up to `limit`: an alias is the node that it stands for, which
    is elsewhere, so that its key is the last to know.
    """
    last, waiting = start, list(nodes)
    while waiting:
        node = waiting.pop()
        if not start <= node.start_mark.index < limit:
            continue
        if node.id == "scalar" or node.flow_style:
            last = max(last, node.end_mark.index - 1)
        else:
            pairs = node.value if is_mapping(node) else [(item,) for item in node.value]
            waiting.extend(part for pair in pairs for part in pair)
    return last


def line_end(text: str, index: int) -> int:
    """Return the index after the line in which what ends at `index` ends."""
    while index > 0 and text[index] in " \n":  # a text block's end is where the next thing begins
        index -= 1
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1
