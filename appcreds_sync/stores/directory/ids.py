"""The ids of items, made as Home Assistant makes them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


def new_id(domain: str, client_id: str, taken: Container[str]) -> str:
    """Return the id for a client of an integration, with `_2`, `_3`… where it is `taken`.

    As `_get_suggested_id` of Home Assistant's components/application_credentials, `IDManager` of
    its helpers/collection.py and `slugify` of its util do (2024.3 to 2026.11 alike).
    """
    from slugify import slugify  # loads tables that reading does not need

    base = slugify(f"{domain}.{client_id}", separator="_") or "unknown"
    if base not in taken:
        return base
    return next(numbered for n in count(2) if (numbered := f"{base}_{n}") not in taken)
