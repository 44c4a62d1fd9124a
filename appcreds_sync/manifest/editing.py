"""Adds credentials to a file of a manifest; what a person wrote stays as it is, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest import entries
from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appcreds_sync.manifest.entries import NewEntry

_SECTION = "credentials"
_STEP = 2
_BOM = "\ufeff"


def choose_part(files: Sequence[Path]) -> Path:
    """Return the file for new credentials: the first that has some already, else the first."""
    for file in files:
        root = _compose(file.read_bytes().decode("utf-8-sig"), file)
        if _section(root) is not None:
            return file
    return files[0]


def add_credentials(content: bytes, new: Sequence[NewEntry], file: Path) -> bytes:
    """Return `content`, a valid part of a manifest, with `new` at the end of its credentials.

    Only lines are added, save that an empty `{}` makes room. Raise ManifestError where that can't
    be done.
    """
    if not new:
        return content
    text = content.decode("utf-8")
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    line_end = "\r\n" if "\r\n" in text else "\n"
    edited = _edited(text.replace("\r\n", "\n"), new, file)
    return (mark + edited.replace("\n", line_end)).encode()


def _edited(text: str, new: Sequence[NewEntry], file: Path) -> str:
    root = _compose(text, file)
    found = _section(root)
    in_braces = ", ".join(map(entries.flow, new))
    if root.flow_style:
        if found is None:
            return _before_brace(text, root, f"{_SECTION}: {{{in_braces}}}")
        return _into_braces(text, found[1], in_braces)
    if found is None:
        return f"{_with_line_end(text)}{_SECTION}:\n{_lines(new, _STEP)}"
    key, section = found
    if _is_mapping(section) and section.value:
        if section.flow_style:
            return _before_brace(text, section, in_braces)
        indent = section.value[0][0].start_mark.column
        return _after_line(text, _last_index(section), _lines(new, indent))
    # `{}`, `null`, or nothing at all: the block takes its place.
    start, end = section.start_mark.index, section.end_mark.index
    start = max(start, key.end_mark.index + 1)
    end = max(start, end)
    before = text[:start].rstrip(" ") if text[end : end + 1] in {"", "\n"} else text[:start]
    indent = key.start_mark.column + _STEP
    return _after_line(before + text[end:], len(before) - 1, _lines(new, indent))


def _compose(text: str, file: Path) -> Any:  # noqa: ANN401  # ruamel's nodes have no types
    from ruamel.yaml import YAML  # noqa: PLC0415  # slow to import, and few commands edit
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        root = YAML().compose(text)
    except YAMLError:
        root = None
    if root is None or not _is_mapping(root):
        what = "credentials can't be added to this file"
        raise ManifestError(Problem("manifest-not-edited", what, "mend it first", str(file)))
    return root


def _section(root: Any) -> tuple[Any, Any] | None:  # noqa: ANN401  # as above
    return next(((key, value) for key, value in root.value if key.value == _SECTION), None)


def _is_mapping(node: Any) -> bool:  # noqa: ANN401  # as above
    return bool(node.id == "mapping")


def _last_index(section: Any) -> int:  # noqa: ANN401  # as above
    """Return the index of the last character of the section that is no comment."""
    # An alias is the node that it stands for, which is elsewhere: then its key is the last to know.
    limit, last, waiting = section.end_mark.index, 0, [section]
    while waiting:
        node = waiting.pop()
        if not section.start_mark.index <= node.start_mark.index < limit:
            continue
        if node.id == "scalar" or node.flow_style:
            last = max(last, node.end_mark.index - 1)
        else:
            pairs = node.value if _is_mapping(node) else [(item,) for item in node.value]
            waiting.extend(part for pair in pairs for part in pair)
    return last


def _lines(new: Sequence[NewEntry], indent: int) -> str:
    return "".join(f"{line}\n" for entry in new for line in entries.block(entry, indent))


def _after_line(text: str, index: int, lines: str) -> str:
    while index > 0 and text[index] in " \n":  # a text block's end is where the next thing begins
        index -= 1
    end = text.find("\n", index)
    if end < 0:
        return f"{text}\n{lines}"
    return text[: end + 1] + lines + text[end + 1 :]


def _into_braces(text: str, section: Any, in_braces: str) -> str:  # noqa: ANN401  # as above
    if _is_mapping(section):
        return _before_brace(text, section, in_braces)
    start, end = section.start_mark.index, section.end_mark.index
    return f"{text[:start]} {{{in_braces}}}{text[end:]}"


def _before_brace(text: str, mapping: Any, in_braces: str) -> str:  # noqa: ANN401  # as above
    brace = mapping.end_mark.index - 1
    before = text[:brace].rstrip(" \n")
    comma = ", " if mapping.value and not before.endswith(",") else ""
    if before.endswith(","):
        comma = " "
    return f"{before}{comma}{in_braces}{text[brace:]}"


def _with_line_end(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
