"""Turns of phrase that several reasons share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.plan import EntryRef
    from appcreds_sync.model.store import Item

_SHOWN = 3
_PLAIN = re.compile(r"[\w.][\w.-]*", re.ASCII)
"""What YAML takes for text as it stands, within braces too; our manifests know no other scalars."""


def account_list(entries: Sequence[EntryRef]) -> str:
    """Name up to three accounts: `the account "Ann"`, `"Ann", "Bob", "Cid" and 4 more accounts`."""
    if not entries:
        return "an account"
    uncertain = [entry for entry in entries if not entry.certain]
    names = ", ".join(f'"{entry.title}"' for entry in entries[:_SHOWN])
    more = len(entries) - _SHOWN
    text = f"the account {names}" if len(entries) == 1 else f"one of the accounts {names}"
    if more > 0:
        text += f" and {more} more"
    if uncertain:
        # One that runs can tell, but not of a key whose item came while the store was read.
        runs = all(entry.state == "loaded" for entry in uncertain)
        why = "what it uses was made only just now" if runs else "its integration is not running"
        text += f" (can't tell for sure: {why})"
    return text


def auth_domain_line(integration: str, key: str) -> str:
    """Return the line to paste below a credential of one integration to keep `key`."""
    return f"`auth_domain: {{{integration}: {_yaml(key)}}}`"


def absent_line(item: Item) -> str:
    """Return the line to paste below `absent:` so that exactly this item goes."""
    return f"`- {{integration: {item.domain}, id: {_yaml(item.id)}}}`"


def taking_over(item: Item) -> str:
    """Say how to keep an item by declaring it."""
    return f"declare it with {auth_domain_line(item.domain, item.key)}"


def _yaml(text: str) -> str:
    """Return `text` so that it can be pasted: strangers choose keys, and any will do for HA."""
    if _PLAIN.fullmatch(text):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
