"""Compares what one store should hold with what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.slips import meant
from appcreds_sync.planning.creates import plan_create, possible_predecessors, why_blocked
from appcreds_sync.planning.deletes import plan_deletes, plan_losers, staying
from appcreds_sync.planning.guards import find_guards
from appcreds_sync.planning.inventory import Inventory, item_ref
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.planning.replaces import (
    differences,
    older_in_use,
    plan_replace,
    plan_resume,
    plan_shadowed,
)

if TYPE_CHECKING:
    from appcreds_sync.model.desired import Desired, DesiredCredential
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import ItemRef
    from appcreds_sync.model.store import Snapshot

_RANK = {Action.CREATE: 0, Action.REPLACE: 0, Action.DELETE: 2}
"""Deletes last: at no moment must an identity be without an item that it is to keep."""


def make_plan(desired: Desired, snapshot: Snapshot, options: PlanOptions | None = None) -> Plan:
    """Return the plan that makes `snapshot` as `desired`: deterministic, and free of secrets."""
    options = options or PlanOptions()
    draft = _Draft(Inventory(desired, snapshot), options)
    for wanted in desired.credentials:
        draft.plan_credential(wanted)
    draft.changes.extend(plan_deletes(draft.inventory, draft.renamed, options))
    changes = tuple(sorted(draft.changes, key=_order))
    return Plan(
        store=snapshot.store,
        changes=changes,
        guards=tuple(find_guards(changes, draft.inventory, options)),
        unchanged=draft.unchanged,
        unmanaged=len(draft.inventory.unmanaged),
        unmanaged_same_client=_same_client_as_declared(draft.inventory),
        not_compared=tuple(sorted(draft.not_compared)),
        skipped=tuple(sorted(draft.skipped)),
    )


def _order(change: Change) -> tuple[int, Identity, str]:
    return (_RANK.get(change.action, 1), change.identity, change.item.id if change.item else "")


def _same_client_as_declared(inventory: Inventory) -> tuple[ItemRef, ...]:
    declared = {
        (wanted.declaration.identity.integration, wanted.client_id)
        for wanted in inventory.desired.credentials
    }
    return tuple(
        item_ref(item)
        for item in inventory.unmanaged
        if (item.domain, item.client_id.strip()) in declared
    )


class _Draft:
    """A plan in the making: what the walk over the credentials has found so far."""

    def __init__(self, inventory: Inventory, options: PlanOptions) -> None:
        self.inventory = inventory
        self.options = options
        self.changes: list[Change] = []
        self.unchanged = 0
        self.not_compared: list[Identity] = []
        self.skipped: list[Identity] = []
        self.renamed: dict[str, str] = {}

    def plan_credential(self, wanted: DesiredCredential) -> None:
        """Add what one declaration asks for."""
        identity = wanted.declaration.identity
        items = staying(self.inventory, identity)
        mine = [item for item in items if self.inventory.is_ours(item)]
        if not mine:
            self._plan_missing(wanted)
            return
        winner = items[-1]
        if winner is not mine[-1]:
            self.changes.append(plan_shadowed(wanted, winner, self.inventory))
            return
        unreadable = _unreadable(wanted)
        if unreadable is not None:
            self.changes.append(
                Change(
                    Action.BLOCKED,
                    identity,
                    wanted.declaration.credential,
                    item=item_ref(winner),
                    used_by=self.inventory.used_by(identity),
                    reason=unreadable,
                )
            )
            return
        change: Change | None = None
        if differences(wanted, winner):
            unsupported = self._unsupported(identity)
            if unsupported is not None and wanted.declaration.if_unsupported == "skip":
                self.skipped.append(identity)
                return
            change = plan_replace(wanted, winner, self.inventory, unsupported, self.options)
        elif isinstance(wanted.client_id, NotRead) or isinstance(wanted.client_secret, NotRead):
            self.not_compared.append(identity)
        else:
            change = plan_resume(wanted, mine[:-1], self.inventory)
            self.unchanged += change is None
        if change is not None:
            self.changes.append(change)
            # One of the losers may be the last that worked: they stay until accounts are well.
            puts_to_work = change.differs != ("name",)
            if change.used_by and (puts_to_work or older_in_use(wanted, mine[:-1], self.inventory)):
                return
        self.changes.extend(plan_losers(self.inventory, identity, wanted.declaration.credential))

    def _plan_missing(self, wanted: DesiredCredential) -> None:
        identity = wanted.declaration.identity
        unsupported = self._unsupported(identity)
        if unsupported is not None and wanted.declaration.if_unsupported == "skip":
            self.skipped.append(identity)
            return
        blocked_by = unsupported or _unreadable(wanted)
        if blocked_by is None:
            blocked_by = why_blocked(wanted, self.inventory, self.options)
        if blocked_by is not None:
            # The older name stays while the newer one can't be made: an account must keep one.
            for item in possible_predecessors(wanted, self.inventory):
                self.renamed[item.id] = wanted.declaration.credential
        self.changes.append(plan_create(wanted, self.inventory, blocked_by))

    def _unsupported(self, identity: Identity) -> Problem | None:
        known = self.inventory.snapshot.integrations
        if known is None or identity.integration in known:
            return None
        # What the catalogue has is spelled right, however near to another it may be.
        spelled_right = identity.integration in self.inventory.desired.catalogue
        close = None if spelled_right else meant(identity.integration, known)
        guess = f"did you mean {close}? Otherwise " if close else ""
        return Problem(
            "integration-unknown",
            f"this Home Assistant has no integration {identity.integration} that takes "
            "application credentials",
            f"{guess}install it or update Home Assistant, or say `if_unsupported: skip`",
        )


def _unreadable(wanted: DesiredCredential) -> Problem | None:
    for value in (wanted.client_id, wanted.client_secret):
        if isinstance(value, Problem):
            return value
    return None
