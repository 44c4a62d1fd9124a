"""Nothing is applied anywhere before every store's plan is known to be harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

Approve = Callable[[Mapping[str, Plan]], tuple[Problem, ...]]
"""Given the plans by store, say what speaks against applying them; nothing is a yes."""


class Gate:
    """Counts the plans in; opens when all are there, and says whether any of them must wait."""

    def __init__(
        self, stores: Sequence[str], *, keep_going: bool, approve: Approve | None = None
    ) -> None:
        """Expect one report from each of `stores`; with `keep_going` guards hold nobody back."""
        self._missing = set(stores)
        self.several = len(stores) > 1
        self._keep_going = keep_going
        self._approve = approve
        self._plans: dict[str, Plan] = {}
        self._all_in = asyncio.Event()
        self.refused: tuple[Problem, ...] = ()
        """What spoke against the plans as a whole."""
        self.twins: tuple[Problem, ...] = ()
        """Which stores are one and the same Home Assistant."""
        self._runs: dict[str, list[str]] = {}
        self.stopped = False
        """Whether all stores are held back."""

    def report(self, store: str, plan: Plan | None, run_id: str = "") -> None:
        """Count one store in; None where no plan could be made.

        Stores with the same `run_id`, as they give it themselves, are one Home Assistant.
        """
        self._missing.remove(store)
        if run_id:
            self._runs.setdefault(run_id, []).append(store)
        if plan is not None:
            self._plans[store] = plan
        if not self._missing:
            self._decide()

    def _decide(self) -> None:
        if self._approve is not None:
            self.refused = self._approve(self._plans)
        for names in filter(lambda names: len(names) > 1, self._runs.values()):
            twins = _twins(names)
            self.twins += (twins,)
            if not self._keep_going and any(map(_prunes, map(self._plans.get, names))):
                self.refused += (twins,)
        guarded = any(plan.guards for plan in self._plans.values())
        self.stopped = bool(self.refused) or (guarded and not self._keep_going)
        self._all_in.set()

    async def opened(self) -> bool:
        """Wait until every store has reported, and return whether changes may be made."""
        if self._approve is not None or not self._keep_going:
            await self._all_in.wait()
        return not self.stopped


def _twins(names: Sequence[str]) -> Problem:
    listed = ", ".join(sorted(names)[:-1]) + f" and {max(names)}"
    return Problem(
        "same-home-assistant",
        f"the stores {listed} are one Home Assistant at {len(names)} addresses",
        "each would take what only another one declares for left over: keep one of them",
    )


def _prunes(plan: Plan | None) -> bool:
    """Tell whether something goes because nothing declares it."""
    changes = () if plan is None else plan.changes
    return any(it.action is Action.DELETE and it.credential is None for it in changes)
