"""Asks the providers about secrets that are about to be put under linked accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action
from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.reconcile.learning import redirect_uri_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.desired import Desired, DesiredCredential
    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.oauth.client import ClientToVerify
    from appcreds_sync.oauth.verifier import Verifier
    from appcreds_sync.reconcile.resolving import ResolvedStore

Policy = Literal["auto", "require", "off"]


@dataclass(frozen=True)
class Verification:
    """One run's: what was asked once is not asked again for another store."""

    catalogue: Catalogue
    policy: Policy | None = None
    """In place of the manifest's `policy.verify`."""

    @cached_property
    def _verifier(self) -> Verifier:
        # Here: requests and oauthlib are paid for only where there is something to verify.
        from appcreds_sync.oauth.network import Network
        from appcreds_sync.oauth.verifier import Verifier

        # What goes to this machine in clear does not leave it.
        return Verifier(self.catalogue, network=Network(loopback_http=True))

    async def check(self, plan: Plan, resolved: ResolvedStore) -> Plan:
        """Return `plan`, of that store, with a verdict at each replace under linked accounts.

        One that is wrong, or not proved where the policy is `require`, is blocked.
        """
        desired = resolved.desired
        policy = self.policy or desired.policy.verify
        asked = [change for change in plan.changes if change.rotates and not change.resumes]
        if policy == "off" or not asked:
            return plan
        wanted = {_key(credential): credential for credential in desired.credentials}
        redirect_uri = await redirect_uri_at(resolved.spec, resolved.token)
        clients = [
            _client(change, wanted[change.identity, change.credential], redirect_uri)
            for change in asked
        ]
        verdicts = await self._verifier.verify_many(clients)
        # Its own secret is out of it already; a provider could also echo another client's.
        redact = Redactor(_secrets(desired))
        answered = {
            id(change): judged(change, replace(verdict, words=redact(verdict.words)), policy)
            for change, verdict in zip(asked, verdicts, strict=True)
        }
        return replace(
            plan, changes=tuple(answered.get(id(change), change) for change in plan.changes)
        )


def _secrets(desired: Desired) -> Iterator[Secret]:
    for credential in desired.credentials:
        if isinstance(credential.client_secret, Resolved):
            yield credential.client_secret.value


def _key(credential: DesiredCredential) -> tuple[object, str | None]:
    return credential.declaration.identity, credential.declaration.credential


def _client(change: Change, wanted: DesiredCredential, redirect_uri: str | None) -> ClientToVerify:
    from appcreds_sync.oauth.client import ClientToVerify  # as above

    if not isinstance(wanted.client_id, str) or not isinstance(wanted.client_secret, Resolved):
        message = "a replace without its values must never be planned"
        raise TypeError(message)
    client = ClientToVerify(
        change.identity.integration,
        wanted.client_id,
        wanted.client_secret.value,
        token_url=wanted.declaration.token_url,
    )
    return client if redirect_uri is None else replace(client, redirect_uri=redirect_uri)


def judged(change: Change, verdict: Verdict, policy: Policy) -> Change:
    """Return `change` with its verdict, blocked where `policy` has that follow from it."""
    kind = verdict.kind
    if kind is VerdictKind.WRONG:
        hint = "correct it where the manifest points, or say --verify off if the provider errs"
        return _blocked(change, verdict, Problem("secret-wrong", verdict.words, hint))
    if policy == "require" and kind not in {VerdictKind.RIGHT, VerdictKind.SKIPPED}:
        hint = "try again later, or say --verify auto to go on without proof"
        return _blocked(change, verdict, Problem("secret-not-proved", verdict.words, hint))
    return replace(change, verdict=verdict)


def _blocked(change: Change, verdict: Verdict, reason: Problem) -> Change:
    return replace(
        change, action=Action.BLOCKED, intended=change.action, reason=reason, verdict=verdict
    )
