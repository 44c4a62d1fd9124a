"""Tries what a plan would do about items, were they declared just as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.declaration import Declaration
from appcreds_sync.model.desired import DesiredCredential, Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.plan import PENDING, Action
from appcreds_sync.planning.phrases import absent_line
from appcreds_sync.planning.planner import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change
    from appcreds_sync.model.store import Item, Snapshot

_NOWHERE = Mark("", 1, 1)
_NOT_EMPTY = PENDING | {Action.BLOCKED, Action.SHADOWED}


def changes_if_declared(
    wanted: Mapping[Identity, Item], desired: Desired, snapshot: Snapshot
) -> Mapping[Identity, Problem]:
    """Return the identities of `wanted` that would not stay as they are, each with the reason.

    What would be changed without the import too is no reason against it.
    """
    before = {change.identity for change in _standing(desired, snapshot)}
    rows = tuple(_as_it_is(identity, item) for identity, item in wanted.items())
    trial = replace(desired, credentials=(*desired.credentials, *rows))
    by_id = {item.id: item for item in snapshot.items}
    found: dict[Identity, Problem] = {}
    for change in _standing(trial, snapshot):
        if change.identity in wanted and change.identity not in before:
            found.setdefault(change.identity, _reason(change, by_id))
    return found


def _standing(desired: Desired, snapshot: Snapshot) -> list[Change]:
    plan = make_plan(desired, snapshot)
    return [change for change in plan.changes if change.action in _NOT_EMPTY]


def _as_it_is(identity: Identity, item: Item) -> DesiredCredential:
    declaration = Declaration(
        # No name of a credential has a dot, so it can't be mistaken for a declared one.
        credential=f"{item.domain}.{item.id}",
        identity=identity,
        key=item.key,
        client_id=item.client_id.strip(),
        client_secret=None,
        display_name=item.name or "",
        compares_name=False,
        if_unsupported="block",
        expires=None,
        mark=_NOWHERE,
    )
    return DesiredCredential(declaration, item.client_id.strip(), Resolved(item.client_secret))


def _reason(change: Change, by_id: Mapping[str, Item]) -> Problem:
    item = None if change.item is None else by_id.get(change.item.id)
    if item is None:
        return Problem("would-change", f"sync would {change.action.value} it", "mend that first")
    if change.action is Action.DELETE:
        return Problem(
            "older-item",
            f"an older item of the same auth domain, {item.id}, does not count, and sync "
            "would delete it",
            f"delete {item.id} first: in Home Assistant, or by sync with {absent_line(item)} "
            "below `absent:`; then import again",
        )
    return Problem(
        "older-item",
        f"an older item of the same auth domain, {item.id}, has other values, and sync would "
        "have to settle that under a linked account",
        "remove the older item in Home Assistant first, then import again",
    )
