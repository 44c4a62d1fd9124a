"""Nothing is applied anywhere before every store's plan is known to be harmless."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.plan import Plan


class Gate:
    """Counts the plans in; opens when all are there, and says whether any met a guard."""

    def __init__(self, stores: int, *, keep_going: bool) -> None:
        """Expect one report from each of `stores`; with `keep_going` hold nobody back."""
        self._missing = stores
        self._keep_going = keep_going
        self._all_in = asyncio.Event()
        self.stopped = False
        """Whether a guard in any store holds all of them back."""

    def report(self, plan: Plan | None) -> None:
        """Count one store in; None where no plan could be made, which holds nobody back."""
        self._missing -= 1
        if plan is not None and plan.guards and not self._keep_going:
            self.stopped = True
        if self._missing == 0:
            self._all_in.set()

    async def opened(self) -> bool:
        """Wait until every store has reported, and return whether changes may be made."""
        if not self._keep_going:
            await self._all_in.wait()
        return not self.stopped
