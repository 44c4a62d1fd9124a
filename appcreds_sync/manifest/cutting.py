"""Takes a credential out of a file of a manifest, and names what must be absent from then on.

What else a person wrote stays as it is, to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.manifest import composed
from appcreds_sync.model.quoting import double_quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appcreds_sync.manifest.composed import Node

_CREDENTIALS = "credentials"
_ABSENT = "absent"


def remove_credential(content: bytes, name: str, file: Path) -> bytes:
    """Return `content` without the credential `name`, which is in it.

    Its own lines go, and the comments in them; those above it stay. Raise ManifestError where
    that can't be done.
    """
    return composed.edit(content, lambda text: _without(text, name, file))


def add_absent(content: bytes, rules: Sequence[str], file: Path) -> bytes:
    """Return `content` with `rules`, each a mapping in braces, at the end of its `absent`.

    Raise ManifestError where that can't be done.
    """
    if not rules:
        return content
    return composed.edit(content, lambda text: _with_absent(text, rules, file))


def absent_rule(integration: str, auth_domain: str, stores: Sequence[str]) -> str:
    """Return the rule that an item of this key must not exist, as it stands in the file."""
    fields = [f"integration: {integration}", f"auth_domain: {double_quoted(auth_domain)}"]
    if stores:
        fields.append(f"stores: [{', '.join(stores)}]")
    return f"{{{', '.join(fields)}}}"


def _without(text: str, name: str, file: Path) -> str:
    found = composed.find(composed.compose(text, file), _CREDENTIALS)
    if found is None or not composed.is_mapping(found[1]):
        raise composed.not_editable(file)
    section = found[1]
    pair = composed.find(section, name)
    # An alias for all credentials is written elsewhere, and may be meant for something else too.
    if pair is None or section.start_mark.index < found[0].end_mark.index:
        raise composed.not_editable(file)
    key, value = pair
    if section.flow_style:
        return _without_flow(text, section, pair, file)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    last = composed.last_index([value], key.end_mark.index, section.end_mark.index)
    end = composed.line_end(text, last)
    if len(section.value) == 1:
        return _without_the_last(text, found[0], start, end)
    return text[:start] + text[end:]


def _without_the_last(text: str, section_key: Node, start: int, end: int) -> str:
    """Leave an empty section behind: without it, the manifest would lack one."""
    colon = text.index(":", section_key.end_mark.index) + 1
    return f"{text[:colon]} {{}}{text[colon:start]}{text[end:]}"


def _without_flow(text: str, section: Node, pair: tuple[Node, Node], file: Path) -> str:
    key, value = pair
    if not key.end_mark.index <= value.start_mark.index < section.end_mark.index:
        raise composed.not_editable(file)  # an alias, whose end is not known
    start, end = key.start_mark.index, value.end_mark.index
    behind = text[end:].lstrip(" \n")
    if behind.startswith(","):
        end = len(text) - len(behind) + 1
        return text[:start] + text[end:].lstrip(" ")
    return text[:start].rstrip(" \n").removesuffix(",") + text[end:]


def _with_absent(text: str, rules: Sequence[str], file: Path) -> str:
    root = composed.compose(text, file)
    found = composed.find(root, _ABSENT)
    in_brackets = ", ".join(rules)
    if found is None:
        if root.flow_style:
            return _before_end(text, root, f"{_ABSENT}: [{in_brackets}]")
        before = text if text.endswith("\n") or not text else f"{text}\n"
        return f"{before}{_ABSENT}:\n{_block(rules, 2)}"
    key, section = found
    is_sequence = section.id == "sequence" and section.start_mark.index >= key.end_mark.index
    if is_sequence and section.flow_style:
        return _before_end(text, section, in_brackets)
    if is_sequence:
        first, limit = section.start_mark.index, section.end_mark.index
        end = composed.line_end(text, composed.last_index([section], first, limit))
        before = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
        return f"{before}{_block(rules, section.start_mark.column)}{text[end:]}"
    raise composed.not_editable(file)


def _block(rules: Sequence[str], indent: int) -> str:
    return "".join(f"{' ' * indent}- {rule}\n" for rule in rules)


def _before_end(text: str, collection: Node, added: str) -> str:
    bracket = collection.end_mark.index - 1
    before = text[:bracket].rstrip(" \n")
    comma = "" if not collection.value else " " if before.endswith(",") else ", "
    return f"{before}{comma}{added}{text[bracket:]}"
