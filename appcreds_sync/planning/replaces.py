"""A declared identity whose winner is not as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.planning.phrases import absent_line, account_list, auth_domain_line

if TYPE_CHECKING:
    from appcreds_sync.model.desired import DesiredCredential
    from appcreds_sync.model.plan import EntryRef, Field
    from appcreds_sync.model.store import Item
    from appcreds_sync.planning.inventory import Inventory


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
    differs: tuple[Field, ...],
    inventory: Inventory,
    blocked_by: Problem | None,
) -> Change:
    """Return the replace of the winner `item`, or the block where there is a reason for one."""
    identity = wanted.declaration.identity
    reason = blocked_by or _why_blocked(differs, inventory.used_by(identity))
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


def _why_blocked(differs: tuple[Field, ...], used_by: tuple[EntryRef, ...]) -> Problem | None:
    if not used_by or differs == ("name",):
        return None
    if "client_id" in differs:
        return Problem(
            "relink",
            f"{account_list(used_by)} was linked with the old client id and would have to be "
            "linked again",
            "declare the new client under a name of its own, link the account with it, "
            "then remove the old one",
        )
    return Problem(
        "rotation-in-use",
        f"{account_list(used_by)} uses it, and replacing a secret under a linked account is not "
        "in this version yet",
        "remove the account, sync, and link it again; or wait for the next version",
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
