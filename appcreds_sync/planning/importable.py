"""What keeps an item out of a manifest: a value that no manifest can declare."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.reference import STORE_PLACEHOLDER, looks_like_reference

if TYPE_CHECKING:
    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.store import Item

_DOMAIN = re.compile(r"[a-z0-9_]+")
_CLOUD = "cloud"
_AGAIN = "make it anew in Home Assistant, then import again"


def why_not_importable(item: Item, desired: Desired) -> Problem | None:
    """Return why no manifest could declare `item` just as it is, or None."""
    what = _wrong_key(item) or _wrong_client_id(item) or _wrong_secret(item, desired)
    return None if what is None else Problem("not-importable", what, _AGAIN)


def is_one_line(text: str) -> bool:
    """Tell whether a manifest keeps `text` as it is: one line, no white space at its ends."""
    return bool(text) and text == text.strip() and not _has_control(text)


def _wrong_key(item: Item) -> str | None:
    if not _DOMAIN.fullmatch(item.domain):
        return "its integration's domain is none that Home Assistant could have"
    if item.key == _CLOUD:
        return "its auth domain is `cloud`, which belongs to Home Assistant Cloud"
    if not is_one_line(item.key):
        return "its auth domain is empty, or has white space or a control character in it"
    return None


def _wrong_client_id(item: Item) -> str | None:
    client_id = item.client_id.strip()
    if not is_one_line(client_id):
        return "its client id is empty, or has a control character in it"
    if looks_like_reference(client_id) or STORE_PLACEHOLDER in client_id:
        return "its client id would be read as a reference in a manifest"
    return None


def _wrong_secret(item: Item, desired: Desired) -> str | None:
    secret = item.client_secret.reveal()
    if not secret:
        if facts_of(desired.catalogue, item.domain).secret_required:
            return f"it has no client secret, and {item.domain} can't do without"
        return None
    if secret != secret.strip() or _has_control(secret):
        return "its client secret has white space at its ends, or a control character in it"
    return None


def _has_control(text: str) -> bool:
    # Cc: control, Cs: half a character, Zl and Zp: the two line breaks that YAML knows besides.
    return any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)
