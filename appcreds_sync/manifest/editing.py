"""Adds credentials to a file of a manifest; what a person wrote stays as it is, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.manifest import composed, entries, splicing
from appcreds_sync.manifest.tree import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Sequence as AbstractSequence
    from pathlib import Path

    from appcreds_sync.manifest.entries import NewEntry
    from appcreds_sync.manifest.tree import Value

_SECTION = "credentials"


def choose_part(files: AbstractSequence[Path]) -> Path:
    """Return the file for new credentials: the first that has some already, else the first."""
    for file in files:
        text = file.read_bytes().decode("utf-8-sig")
        if composed.compose(text, file).root.find(_SECTION) is not None:
            return file
    return files[0]


def add_credentials(content: bytes, new: AbstractSequence[NewEntry], file: Path) -> bytes:
    """Return `content`, a valid part of a manifest, with `new` at the end of its credentials.

    Only lines are added, save that an empty `{}` makes room. Raise ManifestError where that can't
    be done.
    """
    if not new:
        return content
    in_braces = f"{{{', '.join(map(entries.flow, new))}}}"
    added = splicing.parsed(f"{_SECTION}: {in_braces}", file)[_SECTION]
    assert isinstance(added, Mapping)  # ours

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


def add_store(content: bytes, credential: str, store: str, file: Path) -> bytes:
    """Return `content`, a valid part of a manifest, with `store` at the end of what that names.

    Raise ManifestError where the credential is not in it, or that can't be done.
    """

    def wanted(before: Mapping, after: Mapping) -> bool:
        stores = _stores(before, credential)
        return (
            stores is not None
            and _stores(after, credential) == [*stores, store]
            and _without_stores(after, credential) == _without_stores(before, credential)
        )

    return splicing.edit(
        content, file, lambda text, found: _named(text, found, credential, store), wanted, _SECTION
    )


def _named(text: str, document: composed.Document, credential: str, store: str) -> str:
    node = document.root
    for key in (_SECTION, credential, "stores"):
        found = node.find(key) if node.is_mapping else None
        if found is None:
            return text
        node = found[1]
    if not node.is_sequence:
        return text
    if node.flow:
        return splicing.into_flow(text, node, store)
    line = f"{' ' * composed.column(text, node.start)}- {store}\n"
    return splicing.below(text, composed.line_end(text, node), line)


def _stores(part: Mapping, credential: str) -> list[Value] | None:
    section = part.get(_SECTION)
    entry = section.get(credential) if isinstance(section, Mapping) else None
    stores = entry.get("stores") if isinstance(entry, Mapping) else None
    return list(stores) if isinstance(stores, Sequence) else None


def _without_stores(part: Mapping, credential: str) -> dict[str, object]:
    section = part[_SECTION]
    assert isinstance(section, Mapping)  # as it has stores
    entry = section[credential]
    assert isinstance(entry, Mapping)  # as above
    rest = {key: value for key, value in entry.items() if key != "stores"}
    return {**part, _SECTION: {**section, credential: rest}}


def _lines(new: AbstractSequence[NewEntry], indent: int) -> str:
    return "".join(f"{line}\n" for entry in new for line in entries.block(entry, indent))
