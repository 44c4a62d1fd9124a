"""Reads the files of a manifest as one tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.manifest.tree import Mapping, Sequence, Text
from appcreds_sync.model.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence as AbstractSequence

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Source, Value

VERSION = "1"
_MERGED: dict[str, type[Mapping | Sequence]] = {
    "stores": Mapping,
    "credentials": Mapping,
    "absent": Sequence,
}
"""The sections that may stand in several files; every other stands in one."""


def merge(documents: AbstractSequence[tuple[Source, Value]], findings: Findings) -> Mapping | None:
    """Return one tree of all documents; None where none of them is a part of a manifest."""
    merged: Mapping | None = None
    for source, document in documents:
        if _is_part(source, document, findings):
            assert isinstance(document, Mapping)  # said by _is_part
            if merged is None:
                merged = document.replaced_by(())
            for key, value in document.entries():
                _add(merged, key, value, findings)
    return merged


def _is_part(source: Source, document: Value, findings: Findings) -> bool:
    start = Mark(source.file, 1, 1)
    if not isinstance(document, Mapping):
        if document is not None:
            what = "a manifest is a mapping (`key: value` lines)"
            findings.error(start, "manifest-type", what, "start with `version: 1`")
        return False
    version = document.get("version")
    if version is None:
        hint = "add `version: 1`; every file of a manifest has it"
        findings.error(start, "manifest-missing-key", "there is no `version`", hint)
        document["version"] = Text(VERSION, source, 0, 0, "plain")
    elif isinstance(version, Text) and version.kind == "plain" and version == VERSION:
        return True
    else:
        what = "the version of the manifest's format is not 1"
        hint = "write `version: 1`; a later version needs a later appcreds-sync"
        findings.error(document.mark_of("version"), "manifest-version", what, hint)
        if isinstance(version, Text):
            # Said once; the schema would say it again, and less well.
            line, column = version.line, version.column
            document["version"] = Text(VERSION, version.source, line, column, "plain")
    return isinstance(version, Text | None)


def _add(merged: Mapping, key: Text, value: Value, findings: Findings) -> None:
    kind = _MERGED.get(key)
    if key not in merged:
        # A copy where more may come: what is merged must not change the part.
        merged[key] = value.replaced_by(value.items()) if isinstance(value, Mapping) else value
        return
    there = merged[key]
    if key == "version":
        return
    if kind is None:
        what = f"`{key}` stands in two files, first at {merged.key(key).mark}"
        findings.error(key.mark, "manifest-duplicate-key", what, "keep one")
    elif isinstance(there, Mapping) and isinstance(value, Mapping):
        _add_entries(there, value, key, findings)
    elif isinstance(there, Sequence) and isinstance(value, Sequence):
        both = Sequence(there.source, there.line, there.column)
        both.extend([*there, *value])
        merged[key] = both
    else:
        what = f"`{key}` must be a {'list' if kind is Sequence else 'mapping'} in every file"
        findings.error(key.mark, "manifest-type", what, "write it alike in each")


def _add_entries(section: Mapping, more: Mapping, title: str, findings: Findings) -> None:
    for name, entry in more.entries():
        if name in section:
            what = f"`{name}` stands twice in `{title}`, first at {section.key(name).mark}"
            findings.error(name.mark, "manifest-duplicate-key", what, "rename or remove one")
        else:
            section[name] = entry
