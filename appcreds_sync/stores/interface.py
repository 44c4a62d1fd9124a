"""What every store can be asked, live or offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractAsyncContextManager

    from appcreds_sync.model.store import AccountState, Item, NewItem, Notification, Snapshot


class Store(Protocol):
    """One Home Assistant's collection of credentials, open for the length of a turn.

    Every method raises StoreUnavailable where no answer came, and CommandRefused where the store
    said no; neither ever holds a secret.
    """

    @property
    def name(self) -> str:
        """The store's name in the manifest."""

    async def snapshot(self, domains: Collection[str]) -> Snapshot:
        """Read items, and the config entries of `domains` and of every item's domain."""

    async def items(self) -> tuple[Item, ...]:
        """Read the items alone, in list order."""

    def writing(self) -> AbstractAsyncContextManager[None]:
        """Hold the store for changes; an offline store writes all of them in one go at the end.

        A directory store that can't be written raises here, before anything is changed.
        """

    async def create(self, item: NewItem) -> Item:
        """Create one item. Calls may overlap; then the order in the list is the store's choice."""

    async def delete(self, item_id: str) -> None:
        """Delete one item. An id that is not there is success."""

    async def reload(self, entry_id: str) -> None:
        """Reload one config entry; returns when set-up has ended, be it in success or failure.

        Raise CommandRefused where the entry can't be reloaded, or the store has no running HA.
        """

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        """Read how the accounts of one integration fare; none where no HA runs."""

    async def end_reauth(self, flow_id: str) -> None:
        """End a flow that asks a person to sign in again, and the repair issue that goes with it.

        Raise CommandRefused where it can't be ended; a flow that is not there is success.
        """

    async def run_id(self) -> str:
        """Return what no other run of any Home Assistant has; nothing where that can't be had."""


class FollowedStore(Store, Protocol):
    """A store that is kept open from turn to turn, and tells what happens in between."""

    async def follow(self) -> None:
        """Begin to notice changes that others make, where the store can push them."""

    async def changed(self, poll: float) -> None:
        """Return when somebody else has changed the items since this returned last.

        Looks every `poll` seconds where changes are not pushed. Raise StoreUnavailable when the
        store is lost. Our own changes do not count.
        """

    async def notifications(self) -> frozenset[str]:
        """Read the ids of the notifications that are shown; none where nobody would see them."""

    async def notify(self, notification: Notification) -> None:
        """Show a notification, in place of one with the same id."""

    async def dismiss(self, notification_id: str) -> None:
        """Take a notification back; one that is not there is success."""
