"""Takes secrets out of what Home Assistant, Vault and providers say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appcreds_sync.model.secret import Secret

_MASK = "<redacted>"


class Redactor:
    """Replaces every known secret in a text, in the spellings in which others echo it."""

    __slots__ = ("_needles",)

    def __init__(self, secrets: Iterable[Secret]) -> None:
        """Take every secret of the turn; empty ones are ignored."""
        needles: set[str] = set()
        for secret in secrets:
            value = secret.reveal()
            if value:
                needles.update(_spellings(value))
        # Longest first: a secret that holds another must not leave its tail behind.
        self._needles = tuple(sorted(needles, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return `text` with each secret replaced by `<redacted>`."""
        for needle in self._needles:
            if needle in text:
                text = text.replace(needle, _MASK)
        return text


def _spellings(value: str) -> Iterable[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield quote(value, safe="")
    yield quote_plus(value)
