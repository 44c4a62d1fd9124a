"""Whether something else needs the place where a value is kept; in doubt, it does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.manifest import LiveStoreSpec, selects
from appcreds_sync.model.reference import ReferenceText, VaultReference, YamlSecretReference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.reference import Reference

_YAML = (".yaml", ".yml")


def needed_by(reference: Reference, manifest: Manifest, edited: Mapping[Path, bytes]) -> str | None:
    """Return what needs the value at `reference` besides what is gone from `manifest`, or None.

    That is a credential, a store's token or Vault's login; of a `secrets.yaml` also any YAML file
    for which Home Assistant, or another manifest, would look there. `edited` holds what is to be
    taken for the content of files that are not written yet.
    """
    for user, other in _references(manifest):
        if _may_be_same(reference, other):
            return user
    if isinstance(reference, YamlSecretReference):
        return next(_mentions(reference, edited), None)
    return None


def _references(manifest: Manifest) -> Iterator[tuple[str, Reference]]:
    """Yield every reference in `manifest`, and what it is for."""
    for store in manifest.stores.values():
        users: dict[str, object] = {"the login to Vault": manifest.vault}
        if isinstance(store, LiveStoreSpec):
            users[f"the token of {store.name}"] = store.token
        for spec in manifest.credentials.values():
            if selects(spec.stores, store):
                users[spec.name] = spec
        for user, value in users.items():
            for text in _texts(value):
                yield user, text.at(store.name)


def _texts(value: object) -> Iterator[ReferenceText]:
    """Yield what is a reference in `value`, however deep: a field that is new is not forgotten."""
    if isinstance(value, ReferenceText):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _may_be_same(one: Reference, other: Reference) -> bool:
    match one, other:
        case VaultReference(), VaultReference():
            # A write can push an old version out, and a delete takes the newest with all its keys.
            pinned = one.version is not None or other.version is not None
            return _same_path(one.path, other.path) and (pinned or one.key == other.key)
        case YamlSecretReference(), YamlSecretReference():
            return one.name == other.name
        case _:
            return one == other


def _same_path(one: str, other: str) -> bool:
    """Tell whether both can be one path: a namespace may stand in it, beside it, or be usual."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _mentions(reference: YamlSecretReference, edited: Mapping[Path, bytes]) -> Iterator[str]:
    """Yield the YAML files that name it, beside the `secrets.yaml` or below: it serves them."""
    name = re.escape(reference.name).encode()
    pattern = re.compile(rb"!secret\s+[\"']?" + name + rb"[\"']?(?![\w.-])")
    known = {path.resolve(): content for path, content in edited.items()}
    holders = [path for path in reference.files if path.exists()]
    folders = dict.fromkeys(
        folder for path in holders for folder in (path.parent, path.resolve().parent)
    )
    for path in (path for folder in folders for path in _yaml_files(folder)):
        try:
            content = known.get(path.resolve())
            if content is None:
                content = path.read_bytes() if path.is_file() else b""
            if pattern.search(content):
                yield str(path)
        except (OSError, RuntimeError):  # the latter: links in a circle
            yield f"{path}, perhaps: it can't be read"


def _yaml_files(folder: Path) -> Iterator[Path]:
    """Yield those in `folder` and below, through links too: Home Assistant follows them."""
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        found = os.path.realpath(place)
        if found in seen:
            folders.clear()
            continue
        seen.add(found)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(_YAML))
