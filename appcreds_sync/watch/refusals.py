"""Secrets that a provider refused, so that they are not tried again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import Outcome

if TYPE_CHECKING:
    import datetime as dt

    from appcreds_sync.model.desired import Desired, DesiredCredential
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.report import StoreReport
    from appcreds_sync.reconcile.resolving import ResolvedStore
    from appcreds_sync.reconcile.turn import Check


class Refusals:
    """Of one store: blocks a refused secret until its value changes, or somebody forgets it."""

    def __init__(self) -> None:
        # A plain hash of a secret could be guessed at; this key is never written anywhere.
        self._key = secrets.token_bytes(32)
        self._refused: dict[Identity, tuple[bytes, dt.datetime]] = {}

    def forget(self) -> None:
        """Let everything be tried again."""
        self._refused.clear()

    def remember(self, report: StoreReport, desired: Desired, now: dt.datetime) -> None:
        """Keep what was refused in this turn; of each identity only the last."""
        wanted = {row.declaration.identity: row for row in desired.credentials}
        self._refused = {name: kept for name, kept in self._refused.items() if name in wanted}
        for result in report.taken_up:
            identity = result.change.identity
            if result.outcome is Outcome.REFUSED and identity in wanted:
                self._refused[identity] = (self._hash(wanted[identity]), now)

    def blocked(self, plan: Plan, desired: Desired) -> Plan:
        """Return `plan` with each replace blocked that would try a refused secret again."""
        if not self._refused:
            return plan
        wanted = {row.declaration.identity: row for row in desired.credentials}
        changes = tuple(self._judged(change, wanted) for change in plan.changes)
        return replace(plan, changes=changes)

    def _judged(self, change: Change, wanted: dict[Identity, DesiredCredential]) -> Change:
        kept = self._refused.get(change.identity)
        if not change.rotates or kept is None or change.identity not in wanted:
            return change
        refused, when = kept
        if not hmac.compare_digest(refused, self._hash(wanted[change.identity])):
            return change
        reason = Problem(
            "secret-refused",
            f"the provider refused this secret at {when:%Y-%m-%d %H:%M} UTC; it was rolled back",
            "put the right one where the manifest points; to try the same again, send SIGHUP",
        )
        return replace(change, action=Action.BLOCKED, intended=change.action, reason=reason)

    def _hash(self, wanted: DesiredCredential) -> bytes:
        secret = wanted.client_secret
        value = secret.value.reveal() if isinstance(secret, Resolved) else ""
        return hmac.digest(self._key, f"{wanted.client_id}\n{value}".encode(), hashlib.sha256)


class RefusedFirst:
    """Blocks what was refused before, then asks the providers about the rest."""

    def __init__(self, refusals: Refusals, then: Check) -> None:
        self._refusals = refusals
        self._then = then

    async def check(self, plan: Plan, resolved: ResolvedStore) -> Plan:
        """Return the plan of that store, with what must not be done blocked."""
        return await self._then.check(self._refusals.blocked(plan, resolved.desired), resolved)
