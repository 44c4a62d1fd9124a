"""Takes a new item back, and brings the accounts back to what they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.reconcile.rotation.judging import Judgement, Verdict, judge
from appcreds_sync.reconcile.rotation.reloading import (
    can_reload,
    read_accounts,
    reload_and_settle,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.store import AccountState, Item
    from appcreds_sync.stores.interface import Store


@dataclass(frozen=True, slots=True)
class RollBack:
    """What it takes to undo one replace."""

    change: Change
    created: Item
    """The new item, which counts now."""
    before: Mapping[str, AccountState]
    """How the accounts fared before it came, by entry id."""
    store: Store
    settle: float
    """Seconds to wait for reloaded accounts."""

    async def run(self, judgement: Judgement) -> ChangeResult:
        """Delete the new item, reload, see the accounts well again; say why the replace failed.

        Where that fails too, the result says in what state things are and what mends them.
        """
        change = self.change
        try:
            await self.store.delete(self.created.id)
        except StoreError as error:
            problem = _still_there(change, self.created, error.problem)
            return ChangeResult(change, Outcome.FAILED, problem)
        try:
            after = await self._recover()
        except StoreError as error:
            return ChangeResult(change, Outcome.FAILED, _not_seen(change, error.problem))
        titles = tuple(account.title for account in after.values())
        left = judge(self.before, after)
        if left.lost:
            return ChangeResult(change, Outcome.FAILED, _not_well(change, left), titles)
        return ChangeResult(change, *_why(change, judgement), titles)

    async def _recover(self) -> Mapping[str, AccountState]:
        integration = self.change.identity.integration
        reloadable = [account for account in self.before.values() if can_reload(account)]
        after = await reload_and_settle(self.store, integration, reloadable, self.settle)
        # What asks a person to sign in again because of us; 2026.11 has ended it by itself.
        flows = {
            flow
            for entry_id, state in after.items()
            if state.state == "loaded"
            for flow in state.reauth_flows - self.before[entry_id].reauth_flows
        }
        if not flows:
            return after
        for flow in sorted(flows):
            await self.store.end_reauth(flow)
        return await read_accounts(self.store, integration, after.keys())


def _accounts(judgement: Judgement) -> str:
    return ", ".join(
        f"{account.title} ({account.state}{f': {account.reason}' if account.reason else ''})"
        for account in judgement.lost
    )


def _why(change: Change, judgement: Judgement) -> tuple[Outcome, Problem]:
    accounts = _accounts(judgement)
    if judgement.verdict is Verdict.REFUSED:
        return Outcome.REFUSED, Problem(
            "secret-refused",
            f"rolled back: the provider refused the new secret of {change.credential}: {accounts}",
            "check the secret at the provider and where the manifest points",
        )
    return Outcome.DEFERRED, Problem(
        "replace-deferred",
        f"rolled back: not loaded with the new secret of {change.credential}: {accounts}",
        "often the provider has an outage; sync again later",
    )


def _still_there(change: Change, created: Item, cause: Problem) -> Problem:
    old = change.item.id if change.item else "none"
    return Problem(
        "roll-back-failed",
        f"the new secret does not work, and its item {created.id} could not be deleted "
        f"({cause.what}); it counts now, the old item {old} is still there",
        "run sync again: it judges anew, and finishes or rolls back",
    )


def _not_seen(change: Change, cause: Problem) -> Problem:
    old = change.item.id if change.item else "none"
    return Problem(
        "roll-back-unsure",
        f"the new secret does not work; its item is deleted and the old item {old} counts again, "
        f"but the accounts could not be seen to recover ({cause.what})",
        "in Home Assistant, reload these accounts if they are not well: "
        + ", ".join(entry.title for entry in change.used_by),
    )


def _not_well(change: Change, left: Judgement) -> Problem:
    old = change.item.id if change.item else "none"
    return Problem(
        "roll-back-incomplete",
        f"the new secret does not work; its item is deleted and the old item {old} counts again, "
        f"but these accounts have not recovered: {_accounts(left)}",
        "if it is an outage of the provider, they recover by themselves or by a reload in Home "
        "Assistant; if not, sign in to them again there",
    )
