"""A random secret that a provider can't tell by its looks from the real one."""

from __future__ import annotations

import secrets
import string
from typing import Final

from appcreds_sync.model.secret import Secret

_HEX: Final = frozenset(string.hexdigits)


def decoy(real: Secret) -> Secret:
    """Return another secret of the same length and alphabet, punctuation in the same places.

    A provider that checks the form first must find the form right, or it would answer to that.
    """
    text = real.reveal()
    letters = _alphabet(text)
    # Of punctuation alone, nothing of the form can be kept but the length.
    model = text if any(_can_change(char) for char in text) else "a" * len(text)
    made = text
    while made == text and model:
        made = "".join(_another(char, letters) for char in model)
    return Secret(made)


def _can_change(char: str) -> bool:
    return char.isalpha() or char.isdigit()


def _alphabet(text: str) -> str:
    if all(char in _HEX for char in text if char.isalnum()):
        return "abcdef"
    return string.ascii_lowercase


def _another(char: str, letters: str) -> str:
    if char.isdigit():
        return secrets.choice(string.digits)
    if char.isalpha():
        chosen = secrets.choice(letters)
        return chosen.upper() if char.isupper() else chosen
    return char
