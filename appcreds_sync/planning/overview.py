"""What a store holds beside what is declared for it, a row an item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from appcreds_sync.model.plan import Action
from appcreds_sync.planning.inventory import Inventory, item_ref
from appcreds_sync.planning.planner import make_plan

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from appcreds_sync.model.declaration import Declaration
    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, EntryRef, Field, ItemRef, Plan
    from appcreds_sync.model.store import Item, Snapshot


class Kind(StrEnum):
    """Who made an item."""

    MANAGED = "managed"
    """We did, or the manifest declares it."""
    UNMANAGED = "unmanaged"
    """Somebody else; it is never touched unless `absent` names it."""
    HOME_ASSISTANT = "home-assistant"
    """Home Assistant itself; it is never ours."""


class Drift(StrEnum):
    """How an item stands to the manifest."""

    NONE = "none"
    """As declared."""
    MISSING = "missing"
    """Declared, and not there."""
    DIFFERS = "differs"
    """`sync` would replace it."""
    LEFT_OVER = "left-over"
    """`sync` would delete it."""
    BLOCKED = "blocked"
    """`sync` would do nothing until a person has acted."""
    RETAINED = "retained"
    """It does not count any more, and Home Assistant keeps it while an account holds its id."""
    SHADOWED = "shadowed"
    """A later unmanaged item beats it."""
    NOT_COMPARED = "not-compared"
    """A declared value was not read, or this Home Assistant does not know the integration."""
    NOT_DECLARED = "not-declared"
    """Nothing is declared for it, and it stays."""


_DRIFT = {
    Action.CREATE: Drift.MISSING,
    Action.REPLACE: Drift.DIFFERS,
    Action.DELETE: Drift.LEFT_OVER,
    Action.BLOCKED: Drift.BLOCKED,
    Action.RETAINED: Drift.RETAINED,
    Action.SHADOWED: Drift.SHADOWED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One item, or one declaration that has none."""

    identity: Identity
    kind: Kind
    credential: str | None
    """The declared credential's name; None where nothing is declared."""
    name: str | None
    """What Home Assistant shows, or is going to show."""
    client_id: str | None
    """None where it is declared and could not be read."""
    item: ItemRef | None
    """None: declared, and not there."""
    used_by: tuple[EntryRef, ...]
    """The accounts of its identity; none for an item that does not count."""
    expires: dt.date | None
    drift: Drift
    differs: tuple[Field, ...] = ()
    reason: Problem | None = None


def overview(desired: Desired, snapshot: Snapshot) -> tuple[Row, ...]:
    """Return a row for each item of `snapshot` and each declaration without one; no secrets."""
    inventory = Inventory(desired, snapshot)
    plan = make_plan(desired, snapshot)
    changes = _changes_by_item(inventory, plan)
    declared = {wanted.declaration.identity: wanted.declaration for wanted in desired.credentials}
    rows = []
    for item in snapshot.items:
        identity = inventory.identity(item)
        declaration = declared.get(identity) if inventory.is_ours(item) else None
        change = changes.get(item.id)
        rows.append(_item_row(item, inventory, declaration, change, _standing(declaration, plan)))
    rows.extend(_missing(inventory, plan))
    return tuple(sorted(rows, key=lambda row: (row.identity, row.item is None)))


def _changes_by_item(inventory: Inventory, plan: Plan) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for change in plan.changes:
        if change.action is Action.SHADOWED:
            # The change names the rival; it is ours that is beaten.
            beaten = inventory.by_identity[change.identity]
            changes |= {item.id: change for item in beaten if inventory.is_ours(item)}
        elif change.item is not None:
            changes[change.item.id] = change
    return changes


def _standing(declaration: Declaration | None, plan: Plan) -> Drift:
    """Return the drift of an item that the plan does not change."""
    if declaration is None:
        return Drift.NOT_DECLARED
    untold = (*plan.not_compared, *plan.skipped)
    return Drift.NOT_COMPARED if declaration.identity in untold else Drift.NONE


def _item_row(
    item: Item,
    inventory: Inventory,
    declaration: Declaration | None,
    change: Change | None,
    standing: Drift,
) -> Row:
    identity = inventory.identity(item)
    counts = inventory.winner(identity) is item
    drift = standing if change is None else _DRIFT[change.action]
    if change is not None and change.resumes:
        drift = Drift.LEFT_OVER
    return Row(
        identity=identity,
        kind=_kind(item, inventory),
        credential=None if declaration is None else declaration.credential,
        name=item.name,
        client_id=item.client_id,
        item=item_ref(item),
        used_by=inventory.used_by(identity) if counts else (),
        expires=None if declaration is None else declaration.expires,
        drift=drift,
        differs=() if change is None else change.differs,
        reason=None if change is None else change.reason,
    )


def _kind(item: Item, inventory: Inventory) -> Kind:
    if inventory.is_built_in(item):
        return Kind.HOME_ASSISTANT
    return Kind.MANAGED if inventory.is_ours(item) else Kind.UNMANAGED


def _missing(inventory: Inventory, plan: Plan) -> Iterator[Row]:
    """Yield the declarations that no item of ours stands for."""
    changes = {change.identity: change for change in plan.changes if change.item is None}
    there = {inventory.identity(item) for item in inventory.owned}
    for wanted in inventory.desired.credentials:
        declaration = wanted.declaration
        change = changes.get(declaration.identity)
        skipped = declaration.identity in plan.skipped and declaration.identity not in there
        if change is None and not skipped:
            continue
        yield Row(
            identity=declaration.identity,
            kind=Kind.MANAGED,
            credential=declaration.credential,
            name=declaration.display_name,
            client_id=wanted.client_id if isinstance(wanted.client_id, str) else None,
            item=None,
            # An account can name a credential that is gone.
            used_by=inventory.used_by(declaration.identity),
            expires=declaration.expires,
            drift=Drift.NOT_COMPARED if change is None else _DRIFT[change.action],
            reason=None if change is None else change.reason,
        )
