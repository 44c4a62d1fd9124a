"""Changes a part of a manifest as text, and sees that nothing else is read from it than wanted."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile
from typing import TYPE_CHECKING

from appcreds_sync.manifest import document
from appcreds_sync.manifest.composed import (
    after_comments,
    column,
    compose,
    keeps_empty_lines,
    line_end,
    not_editable,
)
from appcreds_sync.manifest.findings import Findings
from appcreds_sync.manifest.tree import Mapping, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appcreds_sync.manifest.composed import Document, Node

    How = Callable[[str, Document], str]
    """Takes a text with LF at its lines' ends; returns it as changed."""
    Wanted = Callable[[Mapping, Mapping], bool]
    """Tells whether the second is what should come of the first."""

_BOM = "\ufeff"
_STEP = 2


def edit(content: bytes, file: Path, how: How, wanted: Wanted, section: str) -> bytes:
    """Return `content`, a valid part of a manifest, as changed by `how`.

    Its byte order mark stays, and the line ends of all lines that stay. `wanted` compares what is
    read before and after; where it says no, or `how` can't, raise ManifestError.
    """
    original = content.decode("utf-8-sig")
    if re.search(r"\r(?!\n)", original):
        raise not_editable(file, "a line ends in a bare carriage return (U+000D)")
    text = original.replace("\r\n", "\n")
    before = _read(text, file)
    composed = compose(text, file)
    after = how(text, composed)
    read = _read(after, file)
    if before is None or read is None or not wanted(before, read):
        raise not_editable(file, _why(text, composed, section))
    mark = _BOM if content.startswith(_BOM.encode()) else ""
    return (mark + _with_line_ends(original, text, after)).encode()


def into_flow(text: str, collection: Node, added: str) -> str:
    """Return `text` with `added` at the end of what stands in braces or brackets."""
    if not collection.children:
        return f"{text[: collection.opened]}{added}{text[collection.opened :]}"
    end = collection.children[-1].end
    following = after_comments(text, end)
    if text[following] == ",":
        return f"{text[: following + 1]} {added}{text[following + 1 :]}"
    return f"{text[:end]}, {added}{text[end:]}"


def below(text: str, end: int, lines: str) -> str:
    """Return `text` with `lines` from the line on that begins at `end`."""
    before = text[:end]
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}{lines}{text[end:]}"


def into_section(
    text: str, root: Document, key: str, flow: str, block: Callable[[int], str]
) -> str:
    """Return `text` with more at the end of the section `key`: `flow` in one line, or `block`.

    `block` returns the lines for an indent. What is empty is filled, what is missing is made.
    """
    found = root.root.find(key)
    if found is None:
        if root.root.flow:
            return into_flow(text, root.root, f"{key}: {flow}")
        indent = column(text, root.root.start)
        return below(text, root.end, f"{' ' * indent}{key}:\n{block(indent + _STEP)}")
    _, section = found
    if section.is_alias:
        return text
    if section.children and not section.flow:
        return below(text, line_end(text, section), block(column(text, section.start)))
    if section.flow and (root.root.flow or text[section.opened : section.end - 1].strip()):
        return into_flow(text, section, flow[1:-1])
    return _into_empty(text, root, found, flow, block)


def _into_empty(
    text: str, root: Document, pair: tuple[Node, Node], flow: str, block: Callable[[int], str]
) -> str:
    """Return `text` with a value in place of `{}`, `null`, or nothing at all."""
    key, section = pair
    if root.root.flow:
        return f"{text[: section.start]} {flow}{text[section.end :]}"
    before = text[: section.start]
    if text[section.end : section.end + 1] in {"", "\n"}:
        before = before.rstrip(" ")
    line, line_break, rest = text[section.end :].partition("\n")
    indent = column(text, key.start) + _STEP
    return f"{before}{line}\n{block(indent)}{rest if line_break else ''}"


def parsed(text: str, file: Path) -> Mapping:
    """Return the mapping that `text`, which we wrote, is."""
    found = _read(text, file)
    assert found is not None  # ours
    return found


def _read(text: str, file: Path) -> Mapping | None:
    """Return what the manifest's own reader takes `text` for; None where it finds it wrong."""
    findings = Findings()
    # A block of text in the last line ends in a line break or not: nobody means anything by it.
    text = text if text.endswith("\n") else f"{text}\n"
    found = document.parse(text.encode(), Source(str(file), file, file.parent), findings)
    return found if isinstance(found, Mapping) and not findings.has_errors else None


def _why(text: str, composed: Document, section: str) -> str:
    """Return why an edit of `section` came out wrong."""
    found = composed.root.find(section)
    if found is None and composed.root.find("<<"):
        return f"`{section}` comes out of an alias (`<<`)"
    if found is not None and found[1].is_alias:
        return f"`{section}` is an alias (`*{found[1].text}`)"
    if found is not None and found[1].anchor is not None:
        return f"`{section}` bears an anchor (`&{found[1].anchor}`)"
    if any(keeps_empty_lines(text, node) for node in composed.root.walk()):
        return "a block of text with `+` takes in the empty lines behind it"
    return f"more than `{section}` would change by it, as it is written"


def _with_line_ends(original: str, text: str, after: str) -> str:
    """Return `after`, an edit of `text`, with the line ends that the lines have in `original`.

    New lines get the end that most have.
    """
    # Where in `text` stands a line break that was two characters.
    pairs = [found.start() - n for n, found in enumerate(re.finditer("\r\n", original))]
    if not pairs:
        return after
    ending = "\r\n" if 2 * len(pairs) > text.count("\n") else "\n"
    start = _alike(text, after)
    shorter = min(len(text), len(after)) - start
    behind = _alike(text[::-1][:shorter], after[::-1][:shorter])
    stop = len(text) - behind
    head = original[: start + bisect_left(pairs, start)]
    new = after[start : len(after) - behind]
    return head + new.replace("\n", ending) + original[stop + bisect_left(pairs, stop) :]


def _alike(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
