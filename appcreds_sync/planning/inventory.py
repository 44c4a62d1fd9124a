"""A snapshot, arranged by what planning asks: who wins, who uses what, what is ours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.plan import EntryRef, ItemRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.store import ConfigEntry, Item, Snapshot


@dataclass(frozen=True)
class Inventory:
    """One store's snapshot, seen from one manifest."""

    desired: Desired
    snapshot: Snapshot

    @cached_property
    def by_identity(self) -> Mapping[Identity, tuple[Item, ...]]:
        """All items of each identity, in list order: the last one is the winner."""
        groups: defaultdict[Identity, list[Item]] = defaultdict(list)
        for item in self.snapshot.items:
            groups[self.identity(item)].append(item)
        return {identity: tuple(items) for identity, items in groups.items()}

    @cached_property
    def declared_keys(self) -> frozenset[tuple[str, str]]:
        """(integration, key) of every declaration."""
        return frozenset(
            (wanted.declaration.identity.integration, wanted.declaration.key)
            for wanted in self.desired.credentials
        )

    @cached_property
    def declared_identities(self) -> frozenset[Identity]:
        """The identity of every declaration."""
        return frozenset(wanted.declaration.identity for wanted in self.desired.credentials)

    @cached_property
    def owned(self) -> tuple[Item, ...]:
        """The items that are ours, in list order."""
        return tuple(item for item in self.snapshot.items if self.is_ours(item))

    @cached_property
    def unmanaged(self) -> tuple[Item, ...]:
        """All other items, in list order."""
        return tuple(item for item in self.snapshot.items if not self.is_ours(item))

    @cached_property
    def by_client(self) -> Mapping[tuple[str, str], tuple[Item, ...]]:
        """All items of each (integration, client id), in list order."""
        groups: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in self.snapshot.items:
            groups[item.domain, item.client_id.strip()].append(item)
        return {client: tuple(items) for client, items in groups.items()}

    @cached_property
    def undeclared_by_integration(self) -> Mapping[str, tuple[Item, ...]]:
        """The items that are ours and whose key nothing declares, in list order."""
        groups: defaultdict[str, list[Item]] = defaultdict(list)
        for item in self.owned:
            if (item.domain, item.key) not in self.declared_keys:
                groups[item.domain].append(item)
        return {domain: tuple(items) for domain, items in groups.items()}

    @cached_property
    def _accounts(self) -> Mapping[tuple[str, str | None], tuple[ConfigEntry, ...]]:
        """By domain and the key that they name; None: all that may use any key of the domain."""
        groups: defaultdict[tuple[str, str | None], list[ConfigEntry]] = defaultdict(list)
        for entry in self.snapshot.entries:
            if entry.source == "ignore":
                continue
            facts = facts_of(self.desired.catalogue, entry.domain)
            if facts.single_implementation or not entry.tells:
                groups[entry.domain, None].append(entry)
            elif entry.auth_domain is not None:
                groups[entry.domain, entry.auth_domain].append(entry)
        return {key: tuple(entries) for key, entries in groups.items()}

    @cached_property
    def _keys_in_use(self) -> frozenset[tuple[str, str | None]]:
        """(domain, key) that some account holds."""
        return frozenset(
            (entry.domain, entry.auth_domain)
            for entry in self.snapshot.entries
            if entry.source != "ignore"
        )

    def identity(self, item: Item) -> Identity:
        """Return the identity that an item belongs to."""
        return item.identity(self.desired.catalogue)

    def is_built_in(self, item: Item) -> bool:
        """Tell whether Home Assistant itself made the item: then it is never ours."""
        facts = facts_of(self.desired.catalogue, item.domain)
        return facts.built_in_credential and item.auth_domain == item.domain

    def is_ours(self, item: Item) -> bool:
        """Tell whether the item bears our owner (or a former one), or a declared key."""
        if self.is_built_in(item):
            return False
        if (item.domain, item.key) in self.declared_keys:
            return True
        owner, dot, _ = (item.auth_domain or "").partition(".")
        return bool(dot) and owner in {self.desired.owner, *self.desired.former_owners}

    def winner(self, identity: Identity) -> Item | None:
        """Return the item that counts, or None where the identity has none."""
        items = self.by_identity.get(identity)
        return items[-1] if items else None

    def used_by(self, identity: Identity) -> tuple[EntryRef, ...]:
        """Return the config entries that use the identity, or may: what can't be told counts."""
        sure = self._accounts.get((identity.integration, identity.auth_domain), ())
        maybe = self._accounts.get((identity.integration, None), ())
        return tuple(
            EntryRef(entry.entry_id, entry.title, entry.state, certain=entry.tells)
            for entry in (*sure, *maybe)
        )

    def guarded(self, item: Item) -> bool:
        """Tell whether Home Assistant itself refuses the delete.

        Its guard compares `auth_implementation` with the item's id, and with nothing else.
        """
        return (item.domain, item.id) in self._keys_in_use

    def may_be_guarded(self, item: Item) -> bool:
        """Tell whether it refuses, as far as can be told: an account that can't say may hold it."""
        return self.guarded(item) or (
            item.key == item.id
            and any(not entry.certain for entry in self.used_by(self.identity(item)))
        )


def item_ref(item: Item) -> ItemRef:
    """Return the item without its secret."""
    return ItemRef(item.id, item.domain, item.client_id, item.auth_domain, item.name)
