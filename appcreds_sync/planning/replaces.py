"""A declared identity whose winner is not as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.planning.phrases import absent_line, account_list, auth_domain_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.desired import DesiredCredential
    from appcreds_sync.model.plan import EntryRef, Field
    from appcreds_sync.model.store import Item
    from appcreds_sync.planning.inventory import Inventory
    from appcreds_sync.planning.options import PlanOptions


def differences(wanted: DesiredCredential, item: Item) -> tuple[Field, ...]:
    """Return what `item` has otherwise than declared; what was not read is not compared."""
    differs: list[Field] = []
    if isinstance(wanted.client_id, str) and item.client_id.strip() != wanted.client_id:
        differs.append("client_id")
    secret = wanted.client_secret
    if isinstance(secret, Resolved) and item.client_secret != secret.value:
        differs.append("client_secret")
    if wanted.declaration.compares_name and item.name != wanted.declaration.display_name:
        differs.append("name")
    return tuple(differs)


def plan_replace(
    wanted: DesiredCredential,
    item: Item,
    inventory: Inventory,
    blocked_by: Problem | None,
    options: PlanOptions,
) -> Change:
    """Return the replace of the winner `item`, or the block where there is a reason for one."""
    identity = wanted.declaration.identity
    differs = differences(wanted, item)
    reason = blocked_by or _why_blocked(differs, inventory.used_by(identity), options)
    secret = wanted.client_secret
    return Change(
        Action.REPLACE if reason is None else Action.BLOCKED,
        identity,
        wanted.declaration.credential,
        item=item_ref(item),
        client_id=wanted.client_id if isinstance(wanted.client_id, str) else None,
        differs=differs,
        used_by=inventory.used_by(identity),
        intended=None if reason is None else Action.REPLACE,
        reason=reason,
        secret_version=secret.version if isinstance(secret, Resolved) else None,
    )


def _why_blocked(
    differs: tuple[Field, ...], used_by: tuple[EntryRef, ...], options: PlanOptions
) -> Problem | None:
    if not used_by or "client_id" not in differs or options.allow_relink:
        return None
    return Problem(
        "relink",
        f"{account_list(used_by)} was linked with the old client id and would have to be "
        "linked again",
        "declare the new client under a name of its own and link with it, or say --allow-relink",
    )


def older_in_use(
    wanted: DesiredCredential, losers: Sequence[Item], inventory: Inventory
) -> tuple[Item, ...]:
    """Return those of `losers` that accounts may have to go back to: nobody saw the winner work.

    An item that HA guards by its id has been superseded, and stays by HA's own will: a copy of it
    is what tells.
    """
    used_by = inventory.used_by(wanted.declaration.identity)
    if not used_by or not inventory.snapshot.capabilities.reload:
        return ()
    return tuple(
        item
        for item in losers
        if not inventory.may_be_guarded(item) and set(differences(wanted, item)) - {"name"}
    )


def plan_resume(
    wanted: DesiredCredential, losers: Sequence[Item], inventory: Inventory
) -> Change | None:
    """Return the replace that was cut off, or None: an older, different item stands in use."""
    identity = wanted.declaration.identity
    older = older_in_use(wanted, losers, inventory)
    if not older:
        return None
    return Change(
        Action.REPLACE,
        identity,
        wanted.declaration.credential,
        item=item_ref(older[-1]),
        client_id=wanted.client_id if isinstance(wanted.client_id, str) else None,
        used_by=inventory.used_by(identity),
        reason=Problem(
            "unfinished-replace",
            "an earlier replace was cut off before its accounts were seen to work",
            "it is finished now, or rolled back",
        ),
        secret_version=(
            wanted.client_secret.version if isinstance(wanted.client_secret, Resolved) else None
        ),
    )


def plan_shadowed(wanted: DesiredCredential, rival: Item, inventory: Inventory) -> Change:
    """Return the row of a single-implementation integration where an unmanaged item comes later."""
    identity = wanted.declaration.identity
    return Change(
        Action.SHADOWED,
        identity,
        wanted.declaration.credential,
        item=item_ref(rival),
        client_id=wanted.client_id if isinstance(wanted.client_id, str) else None,
        used_by=inventory.used_by(identity),
        reason=Problem(
            "shadowed",
            f"{identity.integration} knows one credential only, and the unmanaged item {rival.id} "
            "is later in the list, so it counts",
            f"remove it with an `absent` line {absent_line(rival)}, or keep it with "
            f"{auth_domain_line(rival.domain, rival.key)}",
        ),
    )
