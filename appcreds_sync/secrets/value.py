"""What a value must be before it is a secret."""

from __future__ import annotations

import unicodedata

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.secret import Secret

_JSON_TYPES: dict[type, str] = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def accept(value: object, source: str, version: int | None = None) -> Resolved | Problem:
    """Return `value` as a secret, stripped at both ends as Home Assistant does; never coerced.

    `source` names the place, for the message. A control character inside, a line break above all,
    is refused: no client id, client secret or token may hold one (RFC 6749, appendix A).
    """
    if not isinstance(value, str):
        what = f"{source} is {_JSON_TYPES.get(type(value), 'no text')}, not a string"
        return Problem("value-not-text", what, "store the value as a JSON string, in quotes")
    text = value.strip()
    if not text:
        kind = "only white space" if value else "empty"
        return Problem("value-empty", f"{source} is {kind}", "store the value there")
    # "Cs" is half a character: bytes of the environment that are not UTF-8, or broken JSON.
    if not text.isprintable() and any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        broken = "\n" in text or "\r" in text
        what = f"{source} holds {'a line break' if broken else 'a control character'} inside"
        return Problem("value-control-character", what, "store the bare value, alone on one line")
    return Resolved(Secret(text), version)
