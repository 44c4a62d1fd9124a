"""One store's life in the daemon: wait, take a turn, decide when the next is due."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.secret import Secret
from appcreds_sync.watch.events import warn
from appcreds_sync.watch.incidents import expiring
from appcreds_sync.watch.link import Link, essence
from appcreds_sync.watch.mistakes import mistake_of_ours
from appcreds_sync.watch.notifying import Notifier
from appcreds_sync.watch.outcome import Ended, StoreHistory, state_of
from appcreds_sync.watch.pacing import BackOff, Pace, jittered
from appcreds_sync.watch.refusals import Refusals
from appcreds_sync.watch.replaced import ReplacedAccounts
from appcreds_sync.watch.status import State
from appcreds_sync.watch.turns import TurnTaker, new_turn_id
from appcreds_sync.watch.waking import Cause, Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.report import StoreReport
    from appcreds_sync.reconcile.resolving import ResolvedStore
    from appcreds_sync.watch.situation import Shared
    from appcreds_sync.watch.status import StoreStatus

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 60.0
_FIRST_CHANGE_RETRY = 5.0
_LONGEST_CHANGE_RETRY = 3600.0
_REFUSED_RETRY = 300.0
_LONGEST_REFUSED_RETRY = 3600.0
"""Home Assistant bans an address after some failed logins, where `login_attempts_threshold` is
set: a refused token is tried again seldom, unless it has changed."""
_BURST = 30
_SUSTAINED = 0.5
"""Turns a second, once a burst is used up."""


class StoreLoop:
    """Runs until it is stopped or cancelled; one task."""

    def __init__(self, name: str, shared: Shared, publish: Callable[[StoreStatus], None]) -> None:
        """Take the store's name, and who is told how it fares after each turn."""
        self.name = name
        self._shared = shared
        self._wake = Wake()
        self._stopping = False
        settings = shared.situation().manifest.watch
        self._link = Link(self._changed, self._lost, settings.poll_interval)
        self._refusals = Refusals()
        self._replaced = ReplacedAccounts()
        self._notifier = Notifier()
        self._taker = TurnTaker(name, shared, self._link, self._refusals, lambda: self._stopping)
        self._history = StoreHistory(name, publish)
        self._retry = BackOff(_FIRST_RETRY, _LONGEST_RETRY)
        self._change_retry = BackOff(_FIRST_CHANGE_RETRY, _LONGEST_CHANGE_RETRY)
        self._refused_retry = BackOff(_REFUSED_RETRY, _LONGEST_REFUSED_RETRY)
        self._refused: tuple[object, float] | None = None
        """The address and token that were not accepted, and when they may be tried again."""
        self._pace = Pace(_BURST, _SUSTAINED, time.monotonic)

    def wake(self, cause: Cause) -> None:
        """Ask for a turn, now."""
        self._wake.set(cause)

    def forget_refusals(self) -> None:
        """Let refused secrets and a refused token be tried again."""
        self._refusals.forget()
        self._refused = None

    def stop(self) -> None:
        """End after the change in hand; begin none."""
        self._stopping = True
        self._wake.interrupt()

    async def run(self) -> None:
        """Take turns until stopped."""
        wait = 0.0
        due = Cause.START
        try:
            while True:
                causes = await self._wake.wait(wait) or {due}
                if self._must_end():
                    return
                if (wait := await self._seconds_until_allowed()) > 0:
                    due = Cause.RETRY
                    continue
                if (pause := self._pace.take()) > 0:
                    await asyncio.sleep(pause)
                    if self._must_end():
                        return
                report = await self._turn(frozenset(causes))
                wait, due = self._next(report)
        finally:
            await self._take_notifications_back()
            await self._link.close()

    def _must_end(self) -> bool:
        return self._stopping or self.name not in self._shared.situation().manifest.stores

    def _changed(self) -> None:
        self._wake.set(Cause.DRIFT)

    def _lost(self) -> None:
        # While it fails anyway, the back-off decides: a Home Assistant that hangs up at once
        # must not be called again at once.
        if self._retry.failures == 0:
            self._wake.set(Cause.LOST)
        self._history.disconnected()

    async def _turn(self, causes: frozenset[Cause]) -> StoreReport:
        started = dt.datetime.now(tz=dt.UTC)
        clock = time.monotonic()
        turn = new_turn_id()
        self._link.poll = self._shared.situation().manifest.watch.poll_interval
        resolved = self._taker.resolved()
        report = await self._taker.take(resolved)
        self._refusals.remember(report, resolved.desired, started)
        if _token_refused(report):
            refused = await essence(resolved.spec, _token_of(resolved))
            self._refused = refused, time.monotonic() + self._refused_retry.next()
        elif not report.problems:
            self._refused_retry.reset()
        self._replaced.remember(report, started)
        manifest = self._shared.situation().manifest
        soon = tuple(expiring(manifest, resolved.spec, started.date()))
        signed_out = await self._look_at_replaced(started)
        store = self._link.store
        if report.problems:
            await self._link.close()
        self._history.add(
            Ended(
                turn,
                causes,
                started,
                time.monotonic() - clock,
                report,
                resolved.desired,
                soon,
                signed_out,
                address=_address(resolved.spec),
                connected=store is not None and not report.problems,
            )
        )
        await self._notify()
        return report

    async def _look_at_replaced(self, now: dt.datetime) -> tuple[tuple[str, Problem], ...] | None:
        store = self._link.store
        if store is None:
            return None
        try:
            return await self._replaced.look(store, now)
        except StoreError:
            return None  # the link is lost; the next turn says so
        except Exception as error:  # noqa: BLE001  # one store's bug must not end the others
            return (("internal-error", mistake_of_ours(error)),)

    async def _notify(self) -> None:
        store, manifest = self._link.store, self._shared.situation().manifest
        if store is None:
            return
        shown = self._history.incidents if manifest.watch.notify else ()
        try:
            await self._notifier.show(store, manifest.owner, shown)
        except StoreError as error:
            warn("not-notified", store=self.name, problem=str(error.problem))
        except Exception as error:  # noqa: BLE001  # as above
            mistake_of_ours(error)

    async def _take_notifications_back(self) -> None:
        store = self._link.store
        if store is None or self.name in self._shared.situation().manifest.stores:
            return
        try:
            await self._notifier.take_back(store)
        except StoreError as error:
            warn("not-taken-back", store=self.name, problem=str(error.problem))

    def _next(self, report: StoreReport) -> tuple[float, Cause]:
        interval = self._shared.situation().manifest.watch.interval
        failing = state_of(report) is State.FAILING
        if failing and report.plan is None:
            return self._retry.next(), Cause.RETRY
        self._retry.reset()
        if failing:
            # It was reached, and some change did not work: each try may reload a person's accounts.
            return min(self._change_retry.next(), interval), Cause.RETRY
        self._change_retry.reset()
        return jittered(interval), Cause.INTERVAL

    async def _seconds_until_allowed(self) -> float:
        if self._refused is None:
            return 0.0
        refused, allowed_at = self._refused
        resolved = self._taker.resolved()
        if await essence(resolved.spec, _token_of(resolved)) != refused:
            self._refused = None
            return 0.0
        return max(0.0, allowed_at - time.monotonic())


def _token_of(resolved: ResolvedStore) -> Secret | None:
    return resolved.token if isinstance(resolved.token, Secret) else None


def _token_refused(report: StoreReport) -> bool:
    return any(problem.code == "store-token-refused" for problem in report.problems)


def _address(spec: object) -> str:
    return str(getattr(spec, "url", None) or getattr(spec, "directory", ""))
