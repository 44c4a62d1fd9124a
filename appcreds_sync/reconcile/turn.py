"""One store's turn: observe, plan, wait for the others, apply, confirm."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.opening import open_store

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.model.store import Snapshot
    from appcreds_sync.reconcile.gate import Gate
    from appcreds_sync.reconcile.options import RunOptions
    from appcreds_sync.reconcile.progress import Progress
    from appcreds_sync.reconcile.resolving import ResolvedStore
    from appcreds_sync.stores.interface import Store


_ROUNDS = 10
"""Looks after applying: who looks last sees the items of both, and under accounts the leftovers of
killed turns go one a round."""


_DONE = frozenset({Outcome.APPLIED, Outcome.RELINK_NEEDED})


class Check(Protocol):
    """What looks at a plan once more before it is applied."""

    async def check(self, plan: Plan, resolved: ResolvedStore) -> Plan:
        """Return the plan of that store, with what must not be done blocked."""


class Opening(Protocol):
    """How a store is opened: anew for each turn, or kept from the last."""

    def __call__(
        self, spec: StoreSpec, token: Secret | None, *, home_assistant_is_stopped: bool
    ) -> AbstractAsyncContextManager[Store]:
        """Return the store of `spec`, open within the block; as `opening.open_store`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one store's turn shares with the turns of the others."""

    options: RunOptions
    gate: Gate
    slots: asyncio.Semaphore
    """Held while a store is busy, not while it waits for the others."""
    progress: Progress
    verification: Check
    opening: Opening | None = None
    """None opens the store anew, and closes it at the turn's end."""
    may_begin: Callable[[], bool] = lambda: True
    """Asked before each kind of change, whether one more may be begun."""

    async def run(self, resolved: ResolvedStore) -> StoreReport:
        """Take the turn; whatever is wrong with the store is in the report, nothing is raised."""
        token = resolved.token
        if isinstance(token, NotRead | Problem):
            self.gate.report(resolved.spec.name, None)
            return _not_opened(resolved.spec.name, token)
        try:
            async with AsyncExitStack() as open_stores:
                store, snapshot, plan = await self._observe(resolved, token, open_stores)
                return await self._finish(resolved, store, snapshot, plan)
        except StoreError as error:
            return StoreReport(resolved.spec.name, problems=error.problems)

    async def _observe(
        self, resolved: ResolvedStore, token: Secret | None, open_stores: AsyncExitStack
    ) -> tuple[Store, Snapshot, Plan]:
        stopped = self.options.home_assistant_is_stopped
        opening = self.opening or open_store
        plan: Plan | None = None
        run_id = ""
        try:
            async with self.slots:
                store = await open_stores.enter_async_context(
                    opening(resolved.spec, token, home_assistant_is_stopped=stopped)
                )
                snapshot = await store.snapshot(resolved.desired.integrations)
                run_id = await store.run_id() if self.gate.several else ""
            made = make_plan(resolved.desired, snapshot, self.options.planning)
            # Before anything is changed anywhere; a plan alone troubles no provider.
            plan = await self.verification.check(made, resolved) if self.options.apply else made
        finally:
            self.gate.report(resolved.spec.name, plan, run_id)
        return store, snapshot, plan

    async def _finish(
        self, resolved: ResolvedStore, store: Store, snapshot: Snapshot, plan: Plan
    ) -> StoreReport:
        count = len(snapshot.items)
        report = StoreReport(
            plan.store, plan, applied=self.options.apply, items_found=count, items_left=count
        )
        if not self.options.apply:
            return report
        if not plan.pending():
            return replace(report, converged=True)
        # A guard of its own holds a store back even where the others may go on.
        if not await self.gate.opened() or plan.guards:
            return replace(report, results=_held_back(plan))
        async with self.slots:
            results = await self._apply(plan, resolved, snapshot, store)
            report = replace(report, results=results, items_left=None)
            try:
                return await self._confirm(resolved, store, report)
            except StoreError as error:
                return replace(report, problems=error.problems)

    async def _confirm(
        self, resolved: ResolvedStore, store: Store, report: StoreReport
    ) -> StoreReport:
        """Read the store again; what a second of us has left there meanwhile is taken away."""
        for _ in range(_ROUNDS):
            snapshot = await store.snapshot(resolved.desired.integrations)
            left = make_plan(resolved.desired, snapshot, self.options.planning)
            converged = not _still_pending(left, report.plan)
            report = replace(report, converged=converged, items_left=len(snapshot.items))
            doubles = tuple(change for change in left.pending() if _is_double(change))
            if not doubles or not self.may_begin():
                break
            again = replace(left, changes=doubles)
            done = await self._apply(again, resolved, snapshot, store)
            report = replace(report, doubles=(*report.doubles, *done))
            if any(result.outcome not in _DONE for result in done):
                break  # for the next turn: a round more would reload the same accounts again
        return report

    async def _apply(
        self, plan: Plan, resolved: ResolvedStore, snapshot: Snapshot, store: Store
    ) -> tuple[ChangeResult, ...]:
        # Here, so that a plan does not pay for what only a change needs.
        from appcreds_sync.reconcile.applying import apply_plan

        return await apply_plan(
            plan, resolved.desired, snapshot, store, self.progress, may_begin=self.may_begin
        )


def _still_pending(left: Plan, plan: Plan | None) -> bool:
    """Tell whether more is left than what `plan` blocked, be it for what a provider said."""
    changes = plan.changes if plan is not None else ()
    blocked = {change.identity for change in changes if change.action is Action.BLOCKED}
    return any(change.identity not in blocked for change in left.pending())


def _is_double(change: Change) -> bool:
    return change.reason is not None and change.reason.code in {"superseded", "unfinished-replace"}


def _not_opened(store: str, token: NotRead | Problem) -> StoreReport:
    if isinstance(token, Problem):
        return StoreReport(store, problems=(token,))
    reason = Problem(
        "not-compared",
        "its token is kept in Vault, which --no-secrets does not ask",
        "keep a token for plans where env://, file:// or !secret finds it",
    )
    return StoreReport(store, skipped_reason=reason)


def _held_back(plan: Plan) -> tuple[ChangeResult, ...]:
    return tuple(ChangeResult(change, Outcome.SKIPPED) for change in plan.pending())
