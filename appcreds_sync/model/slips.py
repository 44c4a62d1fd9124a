"""What a person may have meant by a name that nobody knows."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_A_SLIP = 0.8
"""Of difflib's ratio: `spotfy` is spotify (0.92), but `smartthings` is not withings (0.63)."""


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return which of `known` is a slip of the pen away from `name`, if one is."""
    return _closest(name, frozenset(known))


def instead(name: str, known: Iterable[str]) -> str:
    """Return the hint of an error about `name`, which is none of `known`: what there is instead."""
    names = sorted(known)
    close = meant(name, names)
    if close is not None:
        return f"did you mean {close}?"
    return f"there are: {', '.join(names)}" if names else "there are none yet"


@lru_cache  # the same custom integration may stand in a manifest thousands of times
def _closest(name: str, known: frozenset[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, sorted(known), 1, _A_SLIP)), None)
