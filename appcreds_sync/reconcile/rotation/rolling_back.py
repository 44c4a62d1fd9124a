"""Takes a new item back, and brings the accounts back to what they were."""

from __future__ import annotations

import contextlib
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
    copy: Item | None
    """What stands for an old item that Home Assistant keeps; it counts when the new one is gone."""
    before: Mapping[str, AccountState]
    """How the accounts fared before the reload, by entry id."""
    well: Mapping[str, AccountState]
    """How they are to fare again: as `before`, less what a turn that was cut off has broken."""
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
            await self._end_at_once(judgement)
            after = await self._recover()
            if self.copy is not None:  # the item that it stands for holds the same
                await self.store.delete(self.copy.id)
        except StoreError as error:
            return ChangeResult(change, Outcome.FAILED, _not_seen(change, error.problem))
        titles = tuple(account.title for account in after.values())
        left = judge(self.well, after)
        if left.lost:
            return ChangeResult(change, Outcome.FAILED, _not_well(change, left), titles)
        return ChangeResult(change, *_why(change, judgement), titles)

    async def _end_at_once(self, judgement: Judgement) -> None:
        """End what asks to sign in again while the accounts are not well yet.

        Were we killed after they are, nothing would tell such a request from one that is due.
        """
        for account in judgement.lost:
            for flow in sorted(_asked_by_us(self.before[account.entry_id], account)):
                with contextlib.suppress(StoreError):  # it is tried once more, and then told
                    await self.store.end_reauth(flow)

    async def _recover(self) -> Mapping[str, AccountState]:
        integration = self.change.identity.integration
        reloadable = [account for account in self.before.values() if can_reload(account)]
        after = await reload_and_settle(self.store, integration, reloadable, self.settle)
        flows = {
            flow
            for entry_id, state in after.items()
            if state.state == "loaded"
            for flow in _asked_by_us(self.before[entry_id], state)
        }
        if not flows:
            return after
        for flow in sorted(flows):
            await self.store.end_reauth(flow)
        return await read_accounts(self.store, integration, after.keys())


def _asked_by_us(before: AccountState, now: AccountState) -> frozenset[str]:
    """Return the flows that ask to sign in again for the new secret; 2026.11 ends them by itself.

    Where the account was not loaded before, a turn that was cut off has asked.
    """
    if before.state != "loaded":
        return now.reauth_flows
    return now.reauth_flows - before.reauth_flows


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
