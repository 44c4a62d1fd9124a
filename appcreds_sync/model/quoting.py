"""Text in double quotes, as YAML reads it."""

from __future__ import annotations


def double_quoted(text: str) -> str:
    """Return `text` quoted, on one line, with what is not printable escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
