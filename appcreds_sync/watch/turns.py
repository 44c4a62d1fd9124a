"""Takes one turn of one store over its kept connection, whatever happens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.report import StoreReport
from appcreds_sync.reconcile.gate import Gate
from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.progress import NoProgress
from appcreds_sync.reconcile.resolving import resolve
from appcreds_sync.reconcile.turn import Turn
from appcreds_sync.reconcile.verifying import Verification
from appcreds_sync.watch.mistakes import mistake_of_ours
from appcreds_sync.watch.refusals import RefusedFirst

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.reconcile.resolving import ResolvedStore
    from appcreds_sync.watch.link import Link
    from appcreds_sync.watch.refusals import Refusals
    from appcreds_sync.watch.situation import Shared


@dataclass(frozen=True, slots=True)
class TurnTaker:
    """One store, as long as it is in the manifest."""

    store: str
    shared: Shared
    link: Link
    refusals: Refusals
    stopping: Callable[[], bool]

    def resolved(self) -> ResolvedStore:
        """Return what the manifest in force wants of the store, with the values that are held."""
        situation = self.shared.situation()
        spec = situation.manifest.stores[self.store]
        catalogue = self.shared.catalogue
        resolution = resolve(situation.manifest, (spec,), catalogue, situation.values)
        return resolution.stores[0]

    async def take(self, resolved: ResolvedStore) -> StoreReport:
        """Take the turn; nothing is raised, a mistake of ours is a problem of this store alone."""
        shared = self.shared
        turn = Turn(
            RunOptions(
                apply=shared.situation().manifest.watch.heal,
                keep_going=True,
                home_assistant_is_stopped=shared.home_assistant_is_stopped,
            ),
            Gate([self.store], keep_going=True),
            shared.calls if self.link.store is None else shared.slots,
            NoProgress(),
            RefusedFirst(self.refusals, Verification(shared.catalogue)),
            self.link.borrowed,
            may_begin=lambda: not self.stopping(),
        )
        try:
            return await turn.run(resolved)
        except Exception as error:  # noqa: BLE001  # one store's bug must not end the others
            return StoreReport(self.store, problems=(mistake_of_ours(error),))


def new_turn_id() -> str:
    """Return a short id that tells the lines of one turn from those of others."""
    return secrets.token_hex(4)
