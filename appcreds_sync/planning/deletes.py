"""Which items must go: undeclared ones of ours, those that `absent` names, and losers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.planning.phrases import account_list, taking_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.manifest import AbsentRule
    from appcreds_sync.model.store import Item
    from appcreds_sync.planning.inventory import Inventory
    from appcreds_sync.planning.options import PlanOptions


def undeclared(inventory: Inventory) -> tuple[Item, ...]:
    """Return what is to be deleted though nothing declared replaces it, in list order."""
    named = [item for item in inventory.snapshot.items if _named_absent(item, inventory)]
    pruned = [
        item
        for item in inventory.owned
        if inventory.desired.policy.prune == "owned"
        and (item.domain, item.key) not in inventory.declared_keys
        # A single-implementation integration has one identity: what is not its winner is a loser.
        and inventory.identity(item) not in inventory.declared_identities
    ]
    chosen = {item.id for item in (*named, *pruned)}
    return tuple(item for item in inventory.snapshot.items if item.id in chosen)


def _named_absent(item: Item, inventory: Inventory) -> bool:
    return any(_matches(rule, item, inventory) for rule in inventory.desired.absent)


def _matches(rule: AbsentRule, item: Item, inventory: Inventory) -> bool:
    if rule.integration != item.domain:
        return False
    if inventory.is_built_in(item) and rule.match != "id":
        return False
    if (item.domain, item.key) in inventory.declared_keys:
        return False
    match rule.match:
        case "id":
            return item.id == rule.value
        case "auth_domain":
            return item.key == rule.value
        case "client_id":
            return item.client_id.strip() == rule.value


def plan_deletes(
    inventory: Inventory, renamed: Mapping[str, str], options: PlanOptions
) -> Iterator[Change]:
    """Yield a delete, or why it is blocked, for every undeclared item.

    `renamed` maps the id of an item whose successor is blocked to that credential's name.
    """
    for item in undeclared(inventory):
        identity = inventory.identity(item)
        used_by = inventory.used_by(identity)
        reason: Problem | None = None
        # An item that does not count can go under a linked account, unless HA guards it by its id.
        if item.id in renamed:
            reason = _why_renamed(item, renamed[item.id])
        elif used_by and inventory.winner(identity) is item:
            reason = _why_in_use(item, inventory, identity, options)
        elif inventory.guarded(item):
            yield _retained(item, identity, None, inventory)
            continue
        elif used_by and not options.allow_in_use and _may_be_needed(item, identity, inventory):
            reason = _why_needed(item, identity, inventory)
        yield Change(
            Action.DELETE if reason is None else Action.BLOCKED,
            identity,
            credential=None,
            item=item_ref(item),
            used_by=used_by,
            intended=None if reason is None else Action.DELETE,
            reason=reason,
        )


def _why_renamed(item: Item, successor: str) -> Problem:
    return Problem(
        "renamed",
        f"it may be an older name of {successor}, which can't be created now",
        f"mend {successor} first; or keep this one: {taking_over(item)}",
    )


def _why_in_use(
    item: Item, inventory: Inventory, identity: Identity, options: PlanOptions
) -> Problem | None:
    accounts = account_list(inventory.used_by(identity))
    if inventory.guarded(item):
        return Problem(
            "in-use",
            f"{accounts} uses it, and Home Assistant refuses to delete it",
            "remove the account in Home Assistant first, or keep the credential: "
            + taking_over(item),
        )
    if options.allow_in_use:
        return None
    return Problem(
        "in-use",
        f"{accounts} uses it and would break",
        f"remove the account first, keep the credential ({taking_over(item)}), "
        "or say --allow-in-use",
    )


def _may_be_needed(item: Item, identity: Identity, inventory: Inventory) -> bool:
    """Tell whether `item` is no winner, and the accounts of the winner may need it all the same.

    A replace that was cut off leaves two; the older may be the last that worked.
    """
    winner = inventory.winner(identity)
    if winner is None or winner is item or _named_absent(item, inventory):
        return False
    return (item.client_id, item.client_secret) != (winner.client_id, winner.client_secret)


def _why_needed(item: Item, identity: Identity, inventory: Inventory) -> Problem:
    accounts = account_list(inventory.used_by(identity))
    return Problem(
        "in-use",
        f"{accounts} may still need it: a replace that was cut off left it beside the newer item",
        "declare the credential again and sync, so that the replace is finished; or remove the "
        f"account first, keep the credential ({taking_over(item)}), or say --allow-in-use",
    )


def staying(inventory: Inventory, identity: Identity) -> Sequence[Item]:
    """Return the items of a declared identity less what `absent` names: that goes by itself.

    Only those of a single-implementation integration have other keys than the declared one.
    """
    items = inventory.by_identity.get(identity, ())
    return [item for item in items if not _named_absent(item, inventory)]


def plan_losers(
    inventory: Inventory, identity: Identity, credential: str | None
) -> Iterator[Change]:
    """Yield what becomes of our items of `identity` that are not its winner."""
    for item in staying(inventory, identity)[:-1]:
        if not inventory.is_ours(item):
            continue
        if inventory.may_be_guarded(item):
            yield _retained(item, identity, credential, inventory)
        else:
            yield Change(
                Action.DELETE,
                identity,
                credential,
                item=item_ref(item),
                reason=Problem("superseded", "a later item of the same auth domain counts", ""),
            )


def _retained(
    item: Item, identity: Identity, credential: str | None, inventory: Inventory
) -> Change:
    used_by = inventory.used_by(identity)
    return Change(
        Action.RETAINED,
        identity,
        credential,
        item=item_ref(item),
        used_by=used_by,
        reason=Problem(
            "retained",
            "it does not count any more, but Home Assistant keeps it while "
            f"{account_list(used_by)} holds its id",
            "nothing to do; it goes once that account is gone",
        ),
    )
