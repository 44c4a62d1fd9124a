"""A declared identity that no item has: create it, or say why not yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change
from appcreds_sync.planning.phrases import absent_line, account_list, auth_domain_line

if TYPE_CHECKING:
    from appcreds_sync.model.desired import DesiredCredential
    from appcreds_sync.model.store import Item
    from appcreds_sync.planning.inventory import Inventory
    from appcreds_sync.planning.options import PlanOptions


def predecessors(wanted: DesiredCredential, inventory: Inventory) -> tuple[Item, ...]:
    """Return undeclared items of ours with the same integration and client id (an older name)."""
    return tuple(
        item
        for item in _same_client(wanted, inventory)
        if inventory.is_ours(item) and (item.domain, item.key) not in inventory.declared_keys
    )


def possible_predecessors(wanted: DesiredCredential, inventory: Inventory) -> tuple[Item, ...]:
    """Return `predecessors`; where the client id could not be read, all that may be one.

    What can't be read must never lead to a delete.
    """
    if isinstance(wanted.client_id, str):
        return predecessors(wanted, inventory)
    integration = wanted.declaration.identity.integration
    return inventory.undeclared_by_integration.get(integration, ())


def why_blocked(
    wanted: DesiredCredential, inventory: Inventory, options: PlanOptions
) -> Problem | None:
    """Return why the create must wait for a person's word, or None."""
    renamed = in_use(predecessors(wanted, inventory), inventory)
    if renamed is not None:
        return _renamed(wanted, renamed, inventory)
    if options.create_anyway:
        return None
    identity = wanted.declaration.identity
    lookalike = in_use(_lookalikes(wanted, inventory), inventory)
    if lookalike is not None:
        return _first_contact(wanted, lookalike, inventory)
    rival = inventory.winner(identity)
    if rival is not None and inventory.used_by(identity):
        return Problem(
            "in-use-by-another",
            f"{identity.integration} knows one credential only, and "
            f"{account_list(inventory.used_by(identity))} uses the unmanaged item {rival.id}",
            f"remove it with an `absent` line {absent_line(rival)}, keep it with "
            f"{auth_domain_line(rival.domain, rival.key)}, or say --create-anyway",
        )
    return None


def suggestion(wanted: DesiredCredential, inventory: Inventory) -> Problem | None:
    """Return what to do about an unused unmanaged item of the same client, or None."""
    for item in _lookalikes(wanted, inventory):
        # With --create-anyway there may be one in use, which nobody wants removed.
        if inventory.used_by(inventory.identity(item)):
            continue
        return Problem(
            "same-client",
            f"the unmanaged item {item.id} has the same client id, and no account uses it",
            f"to have it removed, add below `absent:` {absent_line(item)}",
        )
    return None


def in_use(items: tuple[Item, ...], inventory: Inventory) -> Item | None:
    """Return the first of `items` whose identity an account uses, or None."""
    for item in items:
        if inventory.used_by(inventory.identity(item)):
            return item
    return None


def plan_create(
    wanted: DesiredCredential, inventory: Inventory, blocked_by: Problem | None
) -> Change:
    """Return the create, or the block where there is a reason for one."""
    resolved = wanted.client_secret
    version = None if isinstance(resolved, Problem | NotRead) else resolved.version
    return Change(
        Action.CREATE if blocked_by is None else Action.BLOCKED,
        wanted.declaration.identity,
        wanted.declaration.credential,
        client_id=wanted.client_id if isinstance(wanted.client_id, str) else None,
        intended=None if blocked_by is None else Action.CREATE,
        reason=suggestion(wanted, inventory) if blocked_by is None else blocked_by,
        secret_version=version,
    )


def _same_client(wanted: DesiredCredential, inventory: Inventory) -> tuple[Item, ...]:
    if not isinstance(wanted.client_id, str):
        return ()
    integration = wanted.declaration.identity.integration
    return inventory.by_client.get((integration, wanted.client_id), ())


def _lookalikes(wanted: DesiredCredential, inventory: Inventory) -> tuple[Item, ...]:
    return tuple(
        item
        for item in _same_client(wanted, inventory)
        if not inventory.is_ours(item) and not inventory.is_built_in(item)
    )


def _first_contact(wanted: DesiredCredential, item: Item, inventory: Inventory) -> Problem:
    accounts = account_list(inventory.used_by(inventory.identity(item)))
    what = f"{accounts} uses the unmanaged item {item.id}, which has the same client id"
    owner, dot, _ = (item.auth_domain or "").partition(".")
    if dot:  # two manifests that keep one key would undo each other's work
        hint = f"declare it where the owner is {owner}, add `former_owners: [{owner}]` if that is "
        return Problem("first-contact", what, f"{hint}this one's old name, or say --create-anyway")
    return Problem(
        "first-contact",
        what,
        f"take it over: add to {wanted.declaration.credential} "
        f"{auth_domain_line(item.domain, item.key)}; or say --create-anyway",
    )


def _renamed(wanted: DesiredCredential, item: Item, inventory: Inventory) -> Problem:
    accounts = account_list(inventory.used_by(inventory.identity(item)))
    return Problem(
        "renamed",
        f"{accounts} uses the same client under the older name {item.key}",
        f"keep that key: add to {wanted.declaration.credential} "
        f"{auth_domain_line(item.domain, item.key)}",
    )
