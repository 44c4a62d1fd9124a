"""Adds credentials to a file of a manifest; what a person wrote stays as it is, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.manifest import composed, entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appcreds_sync.manifest.composed import Node
    from appcreds_sync.manifest.entries import NewEntry

_SECTION = "credentials"
_STEP = 2
_NEW_LINE = "\n"


def choose_part(files: Sequence[Path]) -> Path:
    """Return the file for new credentials: the first that has some already, else the first."""
    for file in files:
        root = composed.compose(file.read_bytes().decode("utf-8-sig"), file)
        if composed.find(root, _SECTION) is not None:
            return file
    return files[0]


def add_credentials(content: bytes, new: Sequence[NewEntry], file: Path) -> bytes:
    """Return `content`, a valid part of a manifest, with `new` at the end of its credentials.

    Only lines are added, save that an empty `{}` makes room. Raise ManifestError where that can't
    be done.
    """
    if not new:
        return content
    return composed.edit(content, lambda text: _edited(text, new, file))


def _edited(text: str, new: Sequence[NewEntry], file: Path) -> str:
    root = composed.compose(text, file)
    found = composed.find(root, _SECTION)
    in_braces = ", ".join(map(entries.flow, new))
    if root.flow_style:
        if found is None:
            return _before_brace(text, root, f"{_SECTION}: {{{in_braces}}}")
        return _into_braces(text, found[1], in_braces)
    if found is None:
        return f"{_with_line_end(text)}{_SECTION}:\n{_lines(new, _STEP)}"
    key, section = found
    if composed.is_mapping(section) and section.value:
        if section.flow_style:
            return _before_brace(text, section, in_braces)
        indent = section.value[0][0].start_mark.column
        return _after_line(
            text,
            composed.last_index([section], section.start_mark.index, section.end_mark.index),
            _lines(new, indent),
        )
    # `{}`, `null`, or nothing at all: the block takes its place.
    start, end = section.start_mark.index, section.end_mark.index
    start = max(start, key.end_mark.index + 1)
    end = max(start, end)
    before = text[:start].rstrip(" ") if text[end : end + 1] in {"", "\n"} else text[:start]
    indent = key.start_mark.column + _STEP
    return _after_line(before + text[end:], len(before) - 1, _lines(new, indent))


def _lines(new: Sequence[NewEntry], indent: int) -> str:
    return "".join(f"{line}\n" for entry in new for line in entries.block(entry, indent))


def _after_line(text: str, index: int, lines: str) -> str:
    end = composed.line_end(text, index)
    before = text[:end]
    return f"{before if before.endswith(_NEW_LINE) else before + _NEW_LINE}{lines}{text[end:]}"


def _into_braces(text: str, section: Node, in_braces: str) -> str:
    if composed.is_mapping(section):
        return _before_brace(text, section, in_braces)
    start, end = section.start_mark.index, section.end_mark.index
    return f"{text[:start]} {{{in_braces}}}{text[end:]}"


def _before_brace(text: str, mapping: Node, in_braces: str) -> str:
    brace = mapping.end_mark.index - 1
    before = text[:brace].rstrip(" \n")
    comma = ", " if mapping.value and not before.endswith(",") else ""
    if before.endswith(","):
        comma = " "
    return f"{before}{comma}{in_braces}{text[brace:]}"


def _with_line_end(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
