"""Takes a client's secret out of what its provider says, whole or in part."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST_PART: Final = 5
"""Characters in a row of a secret that may stand in a provider's words by chance."""
_TOKEN: Final = re.compile(r"[^\s\"'<>(),;]+")


def mask_for(client_id: str, secrets: tuple[Secret, ...]) -> Callable[[str], str]:
    """Return what replaces each secret, its Basic header, and words with a part of it.

    Some providers quote a secret's beginning or end. The mask is `<redacted>`.
    """
    redact = Redactor(spelling for secret in secrets for spelling in _spellings(client_id, secret))
    parts = frozenset(part for secret in secrets for part in _parts(secret.reveal()))

    def mask(text: str) -> str:
        return _TOKEN.sub(lambda found: _without_parts(found[0], parts), redact(text))

    return mask


def _spellings(client_id: str, secret: Secret) -> Iterator[Secret]:
    yield secret
    text = secret.reveal()
    for pair in (f"{client_id}:{text}", f"{quote_plus(client_id)}:{quote_plus(text)}"):
        yield Secret(base64.b64encode(pair.encode()).decode())


def _parts(text: str) -> Iterator[str]:
    size = _LONGEST_PART + 1
    # Of long values only: a short secret's parts are words that a provider may well use.
    if len(text) >= 2 * size:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def _without_parts(word: str, parts: frozenset[str]) -> str:
    size = _LONGEST_PART + 1
    held = any(word[start : start + size] in parts for start in range(len(word) - size + 1))
    return "<redacted>" if held else word
