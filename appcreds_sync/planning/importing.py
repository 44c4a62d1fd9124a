"""Which items an import can declare just as they are, so that the next plan is empty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.importing import Declared, ImportPlan, LeftOut
from appcreds_sync.planning.as_declared import changes_if_declared
from appcreds_sync.planning.deletes import undeclared
from appcreds_sync.planning.import_names import group_by_client
from appcreds_sync.planning.importable import why_not_importable
from appcreds_sync.planning.inventory import Inventory, item_ref
from appcreds_sync.planning.phrases import auth_domain_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.store import Item, Snapshot

_ABSENT = Problem("named-absent", "the manifest names it below `absent`", "")


def plan_import(
    desired: Desired, snapshot: Snapshot, taken: Collection[str], stores: tuple[str, ...]
) -> ImportPlan:
    """Return what to add to the manifest of `desired` so that it declares all that is there.

    `taken` are the names that credentials of the manifest have already; `stores` is what the new
    ones say of stores. What an added credential would change is left out instead.
    """
    inventory = Inventory(desired, snapshot)
    declared: list[Declared] = []
    left_out: list[LeftOut] = []
    wanted: dict[Identity, Item] = {}
    credentials = {
        row.declaration.identity: row.declaration.credential for row in desired.credentials
    }
    missing = _declared_but_missing(desired, inventory)
    unwanted = _named_absent(desired, snapshot)
    for identity, items in inventory.by_identity.items():
        winner = items[-1]
        if identity in credentials:
            declared.append(Declared(item_ref(winner), credentials[identity]))
        elif inventory.is_built_in(winner):
            left_out.append(LeftOut(item_ref(winner), _built_in(winner), needs_a_person=False))
        elif winner.id in unwanted:
            left_out.append(LeftOut(item_ref(winner), _ABSENT, needs_a_person=False))
        elif (client := (winner.domain, winner.client_id.strip())) in missing:
            why = _declared_otherwise(winner, missing[client])
            left_out.append(LeftOut(item_ref(winner), why, needs_a_person=True))
        elif (why_not := why_not_importable(winner, desired)) is not None:
            left_out.append(LeftOut(item_ref(winner), why_not, needs_a_person=True))
        else:
            wanted[identity] = winner
    for identity, why in changes_if_declared(wanted, desired, snapshot).items():
        left_out.append(LeftOut(item_ref(wanted.pop(identity)), why, needs_a_person=True))
    return ImportPlan(
        credentials=group_by_client(tuple(wanted.values()), desired, taken, stores),
        declared=tuple(declared),
        left_out=tuple(left_out),
        superseded=tuple(
            item_ref(item) for identity in wanted for item in inventory.by_identity[identity][:-1]
        ),
    )


def _named_absent(desired: Desired, snapshot: Snapshot) -> frozenset[str]:
    """Return the ids of what the manifest wants away."""
    unpruned = replace(desired, policy=replace(desired.policy, prune="never"))
    return frozenset(item.id for item in undeclared(Inventory(unpruned, snapshot)))


def _declared_but_missing(desired: Desired, inventory: Inventory) -> Mapping[tuple[str, str], str]:
    """Return the credential of each (integration, client id) that is declared, and has no item."""
    return {
        (row.declaration.identity.integration, row.client_id): row.declaration.credential
        for row in desired.credentials
        if isinstance(row.client_id, str) and row.declaration.identity not in inventory.by_identity
    }


def _built_in(item: Item) -> Problem:
    return Problem("built-in", f"Home Assistant makes the credential of {item.domain} itself", "")


def _declared_otherwise(item: Item, credential: str) -> Problem:
    return Problem(
        "declared-otherwise",
        f"{credential} declares the same client under another key, which no item has",
        f"to keep this item, add to {credential} {auth_domain_line(item.domain, item.key)}",
    )
