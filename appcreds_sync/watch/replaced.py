"""Accounts whose secret was replaced: a wrong one may show only when a token has run out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.report import Outcome

if TYPE_CHECKING:
    from appcreds_sync.model.report import StoreReport
    from appcreds_sync.stores.interface import Store

_WATCHED_FOR = dt.timedelta(days=2)
"""Access tokens live for an hour or a day, and a refresh follows."""


@dataclass(frozen=True, slots=True)
class _Replaced:
    title: str
    credential: str
    when: dt.datetime
    flows: frozenset[str] | None = None
    """Those that asked to sign in again already, before any of it could be our doing; None: the
    account has not been looked at since."""


class ReplacedAccounts:
    """Of one store: which accounts got a new secret, and when."""

    def __init__(self) -> None:
        self._watched: dict[str, dict[str, _Replaced]] = {}
        """By integration, then by entry id."""

    def remember(self, report: StoreReport, now: dt.datetime) -> None:
        """Watch the accounts of what this turn replaced."""
        for result in report.taken_up:
            change = result.change
            if result.outcome is not Outcome.APPLIED or not change.rotates or change.relinks:
                continue
            rows = self._watched.setdefault(change.identity.integration, {})
            for entry in change.used_by:
                if entry.certain:
                    rows[entry.entry_id] = _Replaced(entry.title, str(change.credential), now)

    async def look(self, store: Store, now: dt.datetime) -> tuple[tuple[str, Problem], ...]:
        """Return an incident for each that asks to be signed in again. Raise StoreError."""
        found: list[tuple[str, Problem]] = []
        for integration, rows in tuple(self._watched.items()):
            for entry_id, row in tuple(rows.items()):
                if now - row.when > _WATCHED_FOR:
                    del rows[entry_id]
            if not rows:
                del self._watched[integration]
                continue
            for state in await store.accounts(integration):
                watched = rows.get(state.entry_id)
                if watched is None:
                    continue
                if watched.flows is None:
                    rows[state.entry_id] = replace(watched, flows=state.reauth_flows)
                elif state.reauth_flows - watched.flows:
                    found.append((f"reauth:{state.entry_id}", _asks_again(watched)))
        return tuple(found)


def _asks_again(row: _Replaced) -> Problem:
    return Problem(
        "reauth-after-replace",
        f"the account {row.title} asks to be signed in again; the secret of {row.credential} was "
        f"replaced at {row.when:%Y-%m-%d %H:%M} UTC",
        "check that secret at the provider; if it is right, sign in again in Home Assistant",
    )
