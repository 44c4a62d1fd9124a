"""Writes credentials as YAML, in the style of a block or on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.quoting import double_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.importing import ImportedCredential

# Numbers and dates are text to us, but not to every editor.
_PLAIN = re.compile(r"(?:[A-Za-z]|[1-9][0-9]*-?[A-DF-Za-df-z])[A-Za-z0-9_./@-]*")
_REFERENCE = re.compile(r"vault://[A-Za-z0-9_./%=?&-]+#[A-Za-z0-9_./%-]+")
_SECRET_NAME = re.compile(r"!secret [A-Za-z0-9_-]+")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A credential, and the reference to its secret, as `vault://…#key` or `!secret name`."""

    credential: ImportedCredential
    client_secret: str | None


def block(entry: NewEntry, indent: int) -> list[str]:
    """Return the lines of the entry, indented by `indent` spaces and two more for its fields."""
    space = " " * indent
    fields = (f"{space}  {name}: {text}" for name, text in _fields(entry))
    return [f"{space}{entry.credential.name}:", *fields]


def flow(entry: NewEntry) -> str:
    """Return the entry on one line, for a mapping in braces."""
    fields = ", ".join(f"{name}: {text}" for name, text in _fields(entry))
    return f"{entry.credential.name}: {{{fields}}}"


def _fields(entry: NewEntry) -> list[tuple[str, str]]:
    credential = entry.credential
    fields: list[tuple[str, str]] = []
    if len(credential.integrations) > 1:
        fields.append(("integrations", _sequence(credential.integrations)))
    elif credential.integrations != (credential.name,):
        fields.append(("integration", _scalar(credential.integrations[0])))
    if credential.display_name is not None:
        fields.append(("name", _scalar(credential.display_name)))
    fields.append(("client_id", _scalar(credential.client_id)))
    if entry.client_secret is not None:
        fields.append(("client_secret", _reference(entry.client_secret)))
    if credential.stores:
        fields.append(("stores", _sequence(credential.stores)))
    if credential.auth_domains:
        fields.append(("auth_domain", _auth_domain(credential)))
    return fields


def _auth_domain(credential: ImportedCredential) -> str:
    keys: Mapping[str, str] = credential.auth_domains
    if len(credential.integrations) == 1:
        return _scalar(keys[credential.integrations[0]])
    return f"{{{', '.join(f'{_scalar(domain)}: {_scalar(key)}' for domain, key in keys.items())}}}"


def _sequence(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_scalar, texts))}]"


def _reference(text: str) -> str:
    if _REFERENCE.fullmatch(text) or _SECRET_NAME.fullmatch(text):
        return text
    return double_quoted(text)


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else double_quoted(text)
