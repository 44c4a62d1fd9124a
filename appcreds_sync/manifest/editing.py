"""Adds credentials to a file of a manifest; what a person wrote stays as it is, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.manifest import composed, entries, splicing
from appcreds_sync.manifest.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appcreds_sync.manifest.entries import NewEntry

_SECTION = "credentials"


def choose_part(files: Sequence[Path]) -> Path:
    """Return the file for new credentials: the first that has some already, else the first."""
    for file in files:
        text = file.read_bytes().decode("utf-8-sig")
        if composed.compose(text, file).root.find(_SECTION) is not None:
            return file
    return files[0]


def add_credentials(content: bytes, new: Sequence[NewEntry], file: Path) -> bytes:
    """Return `content`, a valid part of a manifest, with `new` at the end of its credentials.

    Only lines are added, save that an empty `{}` makes room. Raise ManifestError where that can't
    be done.
    """
    if not new:
        return content
    in_braces = f"{{{', '.join(map(entries.flow, new))}}}"
    added = splicing.parsed(f"{_SECTION}: {in_braces}", file)[_SECTION]
    assert isinstance(added, Mapping)  # noqa: S101  # ours

    def wanted(before: Mapping, after: Mapping) -> bool:
        there = before.get(_SECTION)
        old = dict(there) if isinstance(there, Mapping) else {}
        return after == {**before, _SECTION: {**old, **added}}

    return splicing.edit(
        content,
        file,
        lambda text, document: splicing.into_section(
            text, document, _SECTION, in_braces, lambda indent: _lines(new, indent)
        ),
        wanted,
        _SECTION,
    )


def _lines(new: Sequence[NewEntry], indent: int) -> str:
    return "".join(f"{line}\n" for entry in new for line in entries.block(entry, indent))
