"""Values in Home Assistant's `secrets.yaml`."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from appcreds_sync.model.errors import Problem
from appcreds_sync.secrets.file import read_text
from appcreds_sync.secrets.value import accept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.reference import YamlSecretReference

LARGEST_FILE = 1024 * 1024
_DEEPEST = 50
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, ten times as fast, where PyYAML was built with it."""

Entries = dict[str, tuple[yaml.Node, ...]]
"""All values of each name: more than one is a mistake of the person."""


@dataclass(slots=True)
class YamlSecrets:
    """Reads each `secrets.yaml` once."""

    _files: dict[Path, Entries | Problem | None] = field(default_factory=dict)
    """None: there is no such file."""

    def read(self, reference: YamlSecretReference) -> Resolved | Problem:
        """Return the value from the nearest file that has the name, or why there is none."""
        seen: dict[Path, Entries] = {}
        for path in reference.files:
            if path not in self._files:
                self._files[path] = _load(path)
            entries = self._files[path]
            if entries is None:
                continue
            # Not going on upwards: the file that can't be read may hold the name.
            if isinstance(entries, Problem):
                return entries
            if reference.name in entries:
                return _value(path, reference.name, entries[reference.name])
            seen[path] = entries
        return _not_found(reference, seen)


def _load(path: Path) -> Entries | Problem | None:
    content = read_text(path, LARGEST_FILE)
    if isinstance(content, Problem):
        return None if content.code == "file-missing" else content
    return parse(path, content.text)


def parse(path: Path, text: str) -> Entries | Problem:
    """Return the names in `text`, the content of the file at `path`, or what is wrong with it."""
    try:
        if _is_deep(text):
            return Problem("yaml-secrets-broken", "the file is nested too deeply", _FORM, str(path))
        # Nodes, not values: `012` must stay `012`, and an alias can't be blown up.
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the latter two: PyYAML's escapes
        return _broken(path, error)
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        where = f"{path}:{root.start_mark.line + 1}"
        return Problem("yaml-secrets-broken", "the file is no mapping of names", _FORM, where)
    entries: Entries = {}
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode):
            entries[key.value] = (*entries.get(key.value, ()), value)
    return entries


def as_texts(path: Path, content: bytes) -> Mapping[str, str] | None:
    """Return each name's values in a form that can be compared, or None where it is broken."""
    entries = parse(path, content.decode("utf-8-sig", errors="replace"))
    if isinstance(entries, Problem):
        return None
    return {name: "".join(map(yaml.serialize, nodes)) for name, nodes in entries.items()}


def _is_deep(text: str) -> bool:
    """Tell whether PyYAML, which composes recursively, could run out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


_FORM = "write one `name: value` a line, the value in quotes if it has special characters"


def _broken(path: Path, error: Exception) -> Problem:
    # Not the parser's own words: they quote the file.
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    what = "the file is no valid YAML, here or on the line before"
    return Problem("yaml-secrets-broken", what, _FORM, where)


def _value(path: Path, name: str, nodes: tuple[yaml.Node, ...]) -> Resolved | Problem:
    node = nodes[0]
    where = f"{path}:{node.start_mark.line + 1}"
    if len(nodes) > 1:
        lines = ", ".join(str(other.start_mark.line + 1) for other in nodes)
        what = f"`{name}` is there more than once, on lines {lines}"
        return Problem("yaml-secrets-duplicate", what, "remove all but one", where)
    if not isinstance(node, yaml.ScalarNode) or node.tag.startswith("!"):
        what = f"`{name}` is no plain value"
        hint = "write the value itself there; lists, mappings and tags are not followed"
        return Problem("value-not-text", what, hint, where)
    empty = node.tag == "tag:yaml.org,2002:null"
    return accept("" if empty else node.value, f"`{name}` in {where}")


def _not_found(reference: YamlSecretReference, seen: Mapping[Path, Entries]) -> Problem:
    if not seen:
        what = f"there is no secrets.yaml for `!secret {reference.name}`"
        hint = f"looked for {_list(reference.files)}; create one of them"
        return Problem("yaml-secrets-no-file", what, hint)
    names = {name for entries in seen.values() for name in entries}
    near = difflib.get_close_matches(reference.name, names, n=1)
    what = f"no `{reference.name}` in {_list(seen)}"
    hint = f"did you mean `{near[0]}`?" if near else f"add the line `{reference.name}: <value>`"
    return Problem("yaml-secrets-missing", what, hint)


def _list(paths: Iterable[Path]) -> str:
    return ", ".join(str(path) for path in paths)
