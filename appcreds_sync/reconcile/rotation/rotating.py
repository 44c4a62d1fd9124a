"""One replace under linked accounts, from the new item to the last word on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import CommandRefused, Problem, StoreError
from appcreds_sync.model.report import ChangeResult, Outcome
from appcreds_sync.model.verdict import VerdictKind
from appcreds_sync.reconcile.rotation.copying import copy_what_stays
from appcreds_sync.reconcile.rotation.judging import Judgement, Verdict, judge, still_out
from appcreds_sync.reconcile.rotation.reloading import (
    can_reload,
    read_accounts,
    reload_and_settle,
)
from appcreds_sync.reconcile.rotation.rolling_back import RollBack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.store import AccountState, Item, NewItem
    from appcreds_sync.stores.interface import Store

_NOT_WELL = frozenset({"setup_error", "setup_retry", "not_loaded"})
"""States that a reload with a wrong secret ends in; the last: Home Assistant has just started."""
_MAY_BE_OURS = _NOT_WELL | {"setup_in_progress"}
"""States that it leads to."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What one replace under linked accounts needs."""

    change: Change
    new: NewItem
    """What the new item is to hold; where the change resumes, it is there already."""
    store: Store
    settle: float
    """Seconds to wait for reloaded accounts."""
    proved: bool = False
    """Whether the provider was asked, and confirmed the new secret."""

    async def run(self) -> ChangeResult:
        """Carry it out; whatever goes wrong is in the result."""
        started = asyncio.get_running_loop().time()
        try:
            result = await self._run()
        except StoreError as error:
            result = ChangeResult(self.change, Outcome.FAILED, error.problem)
        seconds = asyncio.get_running_loop().time() - started
        return ChangeResult(
            self.change, result.outcome, result.problem, result.reloaded, result.notes, seconds
        )

    async def _run(self) -> ChangeResult:
        before = await self._accounts()
        copy = await copy_what_stays(self.change, self.new, self.store)
        created = await self._new_item()
        after = await self._reload(before.values())
        if self.change.resumes and any(map(_does_not_run, {**before, **after}.values())):
            return ChangeResult(self.change, Outcome.FAILED, _undecided(self.change))
        well = _as_before_the_cut(before) if self.change.resumes else before
        judgement = self._judge(well, after)
        if judgement.verdict is Verdict.HELD or self.change.relinks:
            return await self._keep(before, after, created, copy)
        undo = RollBack(self.change, created, copy, before, well, self.store, self.settle)
        return await undo.run(judgement)

    def _judge(
        self, well: Mapping[str, AccountState], after: Mapping[str, AccountState]
    ) -> Judgement:
        """Judge; what nobody has confirmed waits for the end of an outage.

        Else the second turn in it would keep a wrong secret, and delete the one that works.
        """
        judgement = judge(well, after)
        if judgement.verdict is not Verdict.HELD or self.proved:
            return judgement
        asked = self.change.verdict
        unreachable = asked is not None and asked.kind is VerdictKind.UNREACHABLE
        silent = still_out(well, after, unreachable=unreachable)
        return Judgement(Verdict.DEFERRED, silent) if silent else judgement

    async def _accounts(self) -> Mapping[str, AccountState]:
        """Return how the accounts fare; those that do not load are tried with the old secret first.

        What a roll-back that was cut off has left broken would else pass for broken before, and so
        say nothing against a wrong secret.
        """
        integration = self.change.identity.integration
        entry_ids = {entry.entry_id for entry in self.change.used_by}
        found = await read_accounts(self.store, integration, entry_ids)
        if self.change.resumes or self.change.relinks:
            return found
        not_well = [account for account in found.values() if account.state in _NOT_WELL]
        tried = await self._reload(not_well) if not_well else {}
        await self._end_stale_requests(found, tried)
        return {**found, **tried}

    async def _reload(self, accounts: Iterable[AccountState]) -> Mapping[str, AccountState]:
        reloadable = [account for account in accounts if can_reload(account)]
        integration = self.change.identity.integration
        return await reload_and_settle(self.store, integration, reloadable, self.settle)

    async def _new_item(self) -> Item:
        if not self.change.resumes:
            return await self.store.create(self.new)
        identity = (self.new.domain, self.new.auth_domain)
        there = [item for item in await self.store.items() if (item.domain, item.key) == identity]
        if not there or there[-1].client_secret != self.new.client_secret:
            problem = Problem(
                "changed-meanwhile",
                f"the newest item of {self.change.identity} is another one than when the plan "
                "was made",
                "somebody else is at work on this store; run sync again",
            )
            raise CommandRefused(problem)
        return there[-1]

    async def _keep(
        self,
        before: Mapping[str, AccountState],
        after: Mapping[str, AccountState],
        created: Item,
        copy: Item | None,
    ) -> ChangeResult:
        """Delete the old item; where HA itself keeps it, it has been superseded all the same."""
        old = self.change.item
        notes = list(_notes(before, after, proved=self.proved))
        if copy is not None:
            await self.store.delete(copy.id)
        # A second of us was quicker, and HA gave the freed id to the new item.
        if old is not None and old.id != created.id:
            try:
                await self.store.delete(old.id)
            except CommandRefused as refused:
                notes.append(f"the old item {old.id} stays: {refused.problem.what}")
        notes += await self._end_stale_requests(before, after)
        titles = tuple(account.title for account in after.values())
        if self.change.relinks:
            names = ", ".join(account.title for account in before.values())
            problem = Problem(
                "relink-needed",
                f"the client id is new, so these accounts must be linked again: {names}",
                "in Home Assistant, Settings, Devices & services, sign in where it asks to",
            )
            return ChangeResult(self.change, Outcome.RELINK_NEEDED, problem, titles, tuple(notes))
        return ChangeResult(self.change, Outcome.APPLIED, None, titles, tuple(notes))

    async def _end_stale_requests(
        self, before: Mapping[str, AccountState], after: Mapping[str, AccountState]
    ) -> list[str]:
        """End what still asks to sign in to an account that the new secret has mended."""
        notes = []
        for account in after.values():
            if account.state != "loaded" or before[account.entry_id].state == "loaded":
                continue
            for flow in sorted(account.reauth_flows):
                try:
                    await self.store.end_reauth(flow)
                except StoreError as error:
                    notes.append(error.problem.what)
        return notes


def _as_before_the_cut(accounts: Mapping[str, AccountState]) -> Mapping[str, AccountState]:
    """Return how they may have fared before a replace that was cut off.

    What does not load now may have been broken by that reload. To go back wrongly costs a turn, to
    keep the new secret wrongly costs the old one, which nobody else has.
    """
    return {
        entry_id: replace(account, state="loaded") if account.state in _MAY_BE_OURS else account
        for entry_id, account in accounts.items()
    }


def _does_not_run(account: AccountState) -> bool:
    return account.state == "not_loaded" and not account.disabled


def _undecided(change: Change) -> Problem:
    return Problem(
        "replace-undecided",
        f"an earlier replace of {change.credential} was cut off, and nobody can see whether its "
        f"secret works: {change.identity.integration} does not run; both items stay",
        "see in Home Assistant's log why the integration does not run, then sync again",
    )


def _notes(
    before: Mapping[str, AccountState], after: Mapping[str, AccountState], *, proved: bool
) -> list[str]:
    notes = []
    if after and not proved:
        notes.append("Home Assistant has not had to use the new secret yet")
    for account in before.values():
        if account.disabled:
            continue
        if not can_reload(account):
            notes.append(f"restart Home Assistant: {account.title} can't be reloaded")
        elif (now := after.get(account.entry_id)) is not None and now.state != "loaded":
            notes.append(f"{account.title} was not loaded before and is {now.state} now")
    return notes
