"""Numbers of things, as a person says them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return `1 store` or `3 stores`, for a noun whose plural takes an s."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
