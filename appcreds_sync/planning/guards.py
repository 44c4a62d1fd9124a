"""Plans that may be right, and are more likely a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Guard, GuardKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change
    from appcreds_sync.planning.inventory import Inventory
    from appcreds_sync.planning.options import PlanOptions


def find_guards(
    changes: Sequence[Change], inventory: Inventory, options: PlanOptions
) -> Iterator[Guard]:
    """Yield every guard that the plan meets and no flag lifts."""
    lost = _left_without_item(changes, inventory)
    limit = inventory.desired.policy.max_deletes
    if options.max_deletes is not None:
        limit = options.max_deletes
    if len(lost) > limit:
        yield Guard(GuardKind.MAX_DELETES, _too_many(lost, limit, inventory))
    if not options.allow_empty and _nothing_of_ours_is_left(changes, lost, inventory):
        yield Guard(GuardKind.EMPTY, _empty(inventory))
    if not options.accept_new_owner:
        yield from _other_owners(changes, inventory)


def _left_without_item(changes: Sequence[Change], inventory: Inventory) -> tuple[Identity, ...]:
    deleted = {
        change.item.id for change in changes if change.action is Action.DELETE and change.item
    }
    return tuple(
        sorted(
            identity
            for identity, items in inventory.by_identity.items()
            if all(item.id in deleted for item in items)
        )
    )


def _nothing_of_ours_is_left(
    changes: Sequence[Change], lost: Sequence[Identity], inventory: Inventory
) -> bool:
    owned = {inventory.identity(item) for item in inventory.owned}
    return (
        bool(owned)
        and owned <= set(lost)
        and not any(change.action is Action.CREATE for change in changes)
    )


def _too_many(lost: Sequence[Identity], limit: int, inventory: Inventory) -> Problem:
    return Problem(
        "max-deletes",
        f"{len(lost)} credentials would be deleted, and at most {limit} are allowed in one turn",
        f"check the plan, then say --max-deletes {len(lost)}, or raise `policy.max_deletes`",
        f"store {inventory.snapshot.store}",
    )


def _empty(inventory: Inventory) -> Problem:
    return Problem(
        "empty",
        f"all that {inventory.desired.owner} owns in this store would be deleted",
        "check that the manifest is whole, then say --allow-empty",
        f"store {inventory.snapshot.store}",
    )


def _other_owners(changes: Sequence[Change], inventory: Inventory) -> Iterator[Guard]:
    """Find items `<other owner>.<name>` with the name and client id of what is to be made."""
    mine = {inventory.desired.owner, *inventory.desired.former_owners}
    seen: set[str] = set()
    for change in changes:
        if Action.CREATE not in {change.action, change.intended} or change.client_id is None:
            continue
        client = (change.identity.integration, change.client_id)
        for item in inventory.by_client.get(client, ()):
            owner, dot, name = (item.auth_domain or "").partition(".")
            if dot and name == change.credential and owner not in mine | seen:
                seen.add(owner)
                yield Guard(GuardKind.OTHER_OWNER, _other_owner(owner, inventory))


def _other_owner(owner: str, inventory: Inventory) -> Problem:
    return Problem(
        "other-owner",
        f"the owner {owner} has the same credentials in this store",
        f"if {inventory.desired.owner} is its new name, add `former_owners: [{owner}]`; "
        "if both are to live side by side, say --accept-new-owner",
        f"store {inventory.snapshot.store}",
    )
