"""Where a value is kept: `vault://…`, `env://…`, `file://…`, `!secret name`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, assert_never
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.mark import Mark

STORE_PLACEHOLDER = "{store}"
_VERSION = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class VaultReference:
    """One key of a secret in a KV engine of Vault."""

    path: str
    """Mount and path, decoded, no slash at either end: only Vault knows where the mount ends."""
    key: str
    version: int | None = None
    """KV v2 only; None is the newest."""
    namespace: str | None = None
    """Vault Enterprise and OpenBao; None is the one of the settings."""

    def __str__(self) -> str:
        """Return it as a person would write it."""
        query = [
            f"{name}={quote(str(value), safe='/')}"
            for name, value in (("version", self.version), ("namespace", self.namespace))
            if value is not None
        ]
        location = f"{quote(self.path)}{'?' if query else ''}{'&'.join(query)}"
        return f"vault://{location}#{quote(self.key)}"


@dataclass(frozen=True, slots=True)
class EnvReference:
    """An environment variable."""

    name: str

    def __str__(self) -> str:
        """Return it as a person would write it."""
        return f"env://{self.name}"


@dataclass(frozen=True, slots=True)
class FileReference:
    """A file whose whole content, less white space at its ends, is the value."""

    path: Path
    """Absolute."""

    def __str__(self) -> str:
        """Return it as a person would write it."""
        return f"file://{str(self.path).replace('%', '%25')}"


@dataclass(frozen=True, slots=True)
class YamlSecretReference:
    """A name in Home Assistant's `secrets.yaml`."""

    name: str
    files: tuple[Path, ...]
    """Absolute, nearest first: beside the manifest's file, then upwards to the manifest's root."""

    def __str__(self) -> str:
        """Return it as a person would write it."""
        return f"!secret {self.name}"


Reference = VaultReference | EnvReference | FileReference | YamlSecretReference


class ReferenceSyntaxError(ValueError):
    """The text is no reference. Its message holds what to do, and never the text itself."""


@dataclass(frozen=True, slots=True)
class ReferenceText:
    """A reference as written, in which `{store}` may stand for the store's name."""

    text: str
    """Without the tag: for `!secret name` only the name."""
    kind: Literal["url", "yaml_secret"]
    mark: Mark
    directory: Path
    """Absolute; that of the file in which it stands: relative paths start there."""
    root: Path
    """Absolute; the manifest's root: the upper end of the search for `secrets.yaml`."""

    def at(self, store: str) -> Reference:
        """Return it with `{store}` replaced; raise ReferenceSyntaxError if it is no reference."""
        text = self.text.replace(STORE_PLACEHOLDER, store)
        match self.kind:
            case "url":
                return parse_reference(text, self.directory)
            case "yaml_secret":
                return YamlSecretReference(text, _secrets_files(self.directory, self.root))
            case _:
                assert_never(self.kind)

    def names_store(self) -> bool:
        """Tell whether it differs from store to store."""
        return STORE_PLACEHOLDER in self.text


def looks_like_reference(text: str) -> bool:
    """Tell whether a person meant a reference: it begins with one of the three schemes."""
    return text.startswith(("vault:", "env:", "file:"))


def parse_reference(text: str, directory: Path) -> Reference:
    """Read `vault://mount/path[?version=N&namespace=NS]#key`, `env://NAME` or `file:…`.

    Relative `file:` paths start in `directory`. Raise ReferenceSyntaxError, which never echoes
    the text: it may be a secret that somebody pasted.
    """
    scheme, _, rest = text.partition(":")
    match scheme:
        case "vault":
            return _parse_vault(rest)
        case "env":
            return _parse_env(rest)
        case "file":
            return _parse_file(rest, directory)
        case _:
            message = "not a reference; write vault://…#key, env://NAME, file://… or !secret name"
            raise ReferenceSyntaxError(message)


def _parse_vault(rest: str) -> VaultReference:
    body, hash_sign, key = rest.removeprefix("//").partition("#")
    location, _, query = body.partition("?")
    path, key = _decoded(location).strip("/"), _decoded(key)
    if not rest.startswith("//") or not path:
        message = "no path in it; write vault://<mount>/<path>#<key>"
        raise ReferenceSyntaxError(message)
    if not hash_sign or not key:
        message = "no key in it; write vault://<mount>/<path>#<key>, the key of the value to take"
        raise ReferenceSyntaxError(message)
    if "/" not in path:
        message = "only a mount in it; write vault://<mount>/<path>#<key>"
        raise ReferenceSyntaxError(message)
    if any(part in {"", ".", ".."} for part in path.split("/")):
        message = "empty, `.` and `..` parts are not allowed in a Vault path; write it out"
        raise ReferenceSyntaxError(message)
    version, namespace = _parse_vault_query(query)
    return VaultReference(path, key, version, namespace)


def _parse_vault_query(query: str) -> tuple[int | None, str | None]:
    given: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if name not in {"version", "namespace"} or name in given:
            message = "only `version` and `namespace` may follow the `?`, each once"
            raise ReferenceSyntaxError(message)
        given[name] = _decoded(value)
    version = given.get("version")
    if version is not None and not _VERSION.fullmatch(version):
        message = "`version` must be a whole number from 1; leave it out for the newest"
        raise ReferenceSyntaxError(message)
    namespace = given.get("namespace", "").strip("/") or None
    return None if version is None else int(version), namespace


def _parse_env(rest: str) -> EnvReference:
    name = rest.removeprefix("//")
    if not name or not name.replace("_", "a").isalnum() or not name.isascii():
        message = "no variable's name in it; write env://NAME, in letters, digits and underscores"
        raise ReferenceSyntaxError(message)
    return EnvReference(name)


def _parse_file(rest: str, directory: Path) -> FileReference:
    path = _decoded(rest.removeprefix("//"))
    if rest.startswith("//") and not path.startswith(("/", ".")):
        message = (
            "two slashes begin neither kind of path; write file:///absolute or file:./relative"
        )
        raise ReferenceSyntaxError(message)
    if path.startswith("~"):
        message = "`~` is not replaced; write file:///absolute/path"
        raise ReferenceSyntaxError(message)
    if not path or path.endswith("/"):
        message = "no file's path in it; write file:///absolute/path or file:./relative/path"
        raise ReferenceSyntaxError(message)
    return FileReference(directory / path)


def _decoded(part: str) -> str:
    """Return `part` percent-decoded. Raise ReferenceSyntaxError for what no name can hold."""
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError:
        message = "a percent-encoded part is not UTF-8; write it out"
        raise ReferenceSyntaxError(message) from None
    if not text.isprintable():
        message = "a control character, line break or unusual space in it; remove it"
        raise ReferenceSyntaxError(message)
    return text


@lru_cache(maxsize=64)  # every reference of a file asks for the same
def _secrets_files(directory: Path, root: Path) -> tuple[Path, ...]:
    folders = [directory]
    while folders[-1] != root and root in folders[-1].parents:
        folders.append(folders[-1].parent)
    return tuple(folder / "secrets.yaml" for folder in folders)
