"""Takes a credential out of a file of a manifest, and names what must be absent from then on.

What else a person wrote stays as it is, to the byte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from appcreds_sync.manifest import composed, splicing
from appcreds_sync.manifest.tree import Mapping, Sequence
from appcreds_sync.model.quoting import double_quoted

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from appcreds_sync.manifest.composed import Document, Node

_CREDENTIALS = "credentials"
_ABSENT = "absent"
_COMMENT = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\n]*)?")


def remove_credential(content: bytes, name: str, file: Path) -> bytes:
    """Return `content` without the credential `name`, which is in it.

    Its own lines go, and the comments in them; those above it stay. Raise ManifestError where
    that can't be done.
    """

    def wanted(before: Mapping, after: Mapping) -> bool:
        there = before.get(_CREDENTIALS)
        if not isinstance(there, Mapping):
            return False
        left = {key: value for key, value in there.items() if key != name}
        return after == {**before, _CREDENTIALS: left}

    return splicing.edit(
        content, file, lambda text, found: _without(text, found, name, file), wanted, _CREDENTIALS
    )


def add_absent(content: bytes, rules: Collection[str], file: Path) -> bytes:
    """Return `content` with `rules`, each a mapping in braces, at the end of its `absent`.

    Raise ManifestError where that can't be done.
    """
    if not rules:
        return content
    in_brackets = f"[{', '.join(rules)}]"
    added = splicing.parsed(f"{_ABSENT}: {in_brackets}", file)[_ABSENT]
    assert isinstance(added, Sequence)  # ours

    def wanted(before: Mapping, after: Mapping) -> bool:
        there = before.get(_ABSENT)
        old = list(there) if isinstance(there, Sequence) else []
        return after == {**before, _ABSENT: [*old, *added]}

    return splicing.edit(
        content,
        file,
        lambda text, document: splicing.into_section(
            text,
            document,
            _ABSENT,
            in_brackets,
            lambda indent: "".join(f"{' ' * indent}- {rule}\n" for rule in rules),
        ),
        wanted,
        _ABSENT,
    )


def absent_rule(integration: str, auth_domain: str, stores: Collection[str]) -> str:
    """Return the rule that an item of this key must not exist, as it stands in the file."""
    fields = [f"integration: {integration}", f"auth_domain: {double_quoted(auth_domain)}"]
    if stores:
        fields.append(f"stores: [{', '.join(stores)}]")
    return f"{{{', '.join(fields)}}}"


def _without(text: str, document: Document, name: str, file: Path) -> str:
    found = document.root.find(_CREDENTIALS)
    if found is None or not found[1].is_mapping:
        return text
    title, section = found
    pair = section.find(name)
    if pair is None:
        raise composed.not_editable(file, f"`{name}` comes out of an alias (`<<`)")
    _check_anchors(document.root, pair, name, file)
    if section.flow:
        return _without_flow(text, section, pair)
    key, value = pair
    start = text.rfind("\n", 0, key.start) + 1
    end = composed.line_end(text, value)
    if len(section.pairs) > 1:
        return text[:start] + text[end:]
    # An empty section stays behind: without it, the manifest would lack one.
    colon = text.index(":", title.end) + 1
    return f"{text[:colon]} {{}}{text[colon:start]}{text[end:]}"


def _check_anchors(root: Node, pair: tuple[Node, Node], name: str, file: Path) -> None:
    """Raise ManifestError where something else refers to what stands in `pair`."""
    key, value = pair
    inside = [*key.walk(), *value.walk()]
    anchors = {node.anchor for node in inside if node.anchor is not None}
    places = {node.start for node in inside}
    for node in root.walk():
        if node.is_alias and node.text in anchors and node.start not in places:
            why = f"what stands in `{name}` is used elsewhere (`*{node.text}`)"
            raise composed.not_editable(file, why)


def _without_flow(text: str, section: Node, pair: tuple[Node, Node]) -> str:
    key, value = pair
    start, end = key.start, value.end
    following = composed.after_comments(text, end)
    if text[following] == ",":
        end = following + 1
        comment = _COMMENT.match(text, end)
        end = comment.end() if comment else end
    else:
        number = section.pairs.index(pair)
        comma = composed.after_comments(text, section.pairs[number - 1][1].end) if number else start
        # A comma before a comment stays: the comment is about what stands before it.
        start = comma if "#" not in text[comma:start] else start
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip(" \t") and text[end : end + 1] == "\n":
        return text[:line] + text[end + 1 :]
    return text[:start] + text[end:]
