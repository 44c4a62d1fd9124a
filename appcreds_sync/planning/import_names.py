"""Groups items by client, and gives each group a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING

from appcreds_sync.model.importing import ImportedCredential
from appcreds_sync.planning.importable import is_one_line
from appcreds_sync.planning.inventory import item_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.store import Item

_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass(slots=True)
class _Group:
    """Items of one client, each of another integration."""

    leader: _Group | None
    """The client's first group, whose secret is theirs all; None in that one itself."""
    items: list[Item] = field(default_factory=list)

    def takes(self, item: Item) -> bool:
        return all(item.domain != other.domain for other in self.items)


def group_by_client(
    items: Sequence[Item], desired: Desired, taken: Collection[str], stores: tuple[str, ...]
) -> tuple[ImportedCredential, ...]:
    """Return a credential for each group of items that share client id and secret, in list order.

    The second item of one integration begins another group: one credential has one key for each.
    """
    clients: dict[tuple[str, str], list[_Group]] = {}
    groups: list[_Group] = []
    for item in items:
        client = (item.client_id.strip(), item.client_secret.reveal())
        mine = clients.setdefault(client, [])
        group = next((group for group in mine if group.takes(item)), None)
        if group is None:
            group = _Group(mine[0] if mine else None)
            mine.append(group)
            groups.append(group)
        group.items.append(item)
    names = _names(groups, desired, taken)
    name_of = {id(group): name for group, name in zip(groups, names, strict=True)}
    return tuple(
        _credential(name, group, name_of[id(group.leader or group)], desired.owner, stores)
        for group, name in zip(groups, names, strict=True)
    )


def _names(groups: Sequence[_Group], desired: Desired, taken: Collection[str]) -> list[str]:
    used = set(taken)
    # An item of ours has a name already; nobody else may take it before.
    ours = [_our_name(group, desired) for group in groups]
    for index, name in enumerate(ours):
        if name in used:
            ours[index] = None
        elif name is not None:
            used.add(name)
    names: list[str] = []
    candidates: dict[str, Iterator[str]] = {}
    for group, own in zip(groups, ours, strict=True):
        domain = group.items[0].domain
        # Each goes on where the last one stopped: from 2 again would be quadratic.
        numbered = candidates.setdefault(domain, _numbered(domain))
        name = own or next(name for name in numbered if name not in used)
        used.add(name)
        names.append(name)
    return names


def _numbered(name: str) -> Iterator[str]:
    return chain([name], (f"{name}-{number}" for number in count(2)))


def _our_name(group: _Group, desired: Desired) -> str | None:
    for item in group.items:
        owner, _, name = item.key.partition(".")
        if owner == desired.owner and _NAME.fullmatch(name):
            return name
    return None


def _credential(
    name: str, group: _Group, kept_as: str, owner: str, stores: tuple[str, ...]
) -> ImportedCredential:
    first = group.items[0]
    shown = {item.name for item in group.items}
    display_name = first.name if len(shown) == 1 else None
    return ImportedCredential(
        name=name,
        integrations=tuple(item.domain for item in group.items),
        client_id=first.client_id.strip(),
        client_secret=first.client_secret if first.client_secret.reveal() else None,
        kept_as=kept_as,
        display_name=display_name if display_name and is_one_line(display_name) else None,
        auth_domains=MappingProxyType(
            {item.domain: item.key for item in group.items if item.key != f"{owner}.{name}"}
        ),
        stores=stores,
        items=tuple(map(item_ref, group.items)),
    )
