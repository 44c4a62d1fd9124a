"""The Store protocol, over a running Home Assistant's WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from appcreds_sync.model.redaction import Redactor
from appcreds_sync.model.store import Capabilities, Snapshot
from appcreds_sync.stores.home_assistant import accounts, answers, commands, reauth, refusals
from appcreds_sync.stores.home_assistant.address import websocket_url
from appcreds_sync.stores.home_assistant.commands import LIST, NOTIFICATIONS, SETUP_INFO, SUBSCRIBE
from appcreds_sync.stores.home_assistant.connection import Command, Connection, open_connection
from appcreds_sync.stores.home_assistant.following import Changes, Following, can_subscribe
from appcreds_sync.stores.home_assistant.protocol import Failure, Result
from appcreds_sync.stores.home_assistant.tls import tls_context
from appcreds_sync.stores.home_assistant.unreachable import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from appcreds_sync.model.errors import CommandRefused, StoreError
    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.model.store import AccountState, ConfigEntry, Item, NewItem, Notification
    from appcreds_sync.stores.home_assistant.protocol import Answer
    from appcreds_sync.stores.interface import FollowedStore

_T = TypeVar("_T")

_SLOW_SECONDS = 120.0
"""At least this long for what Home Assistant itself waits for: the import of every integration
(the first `config` after its start takes 5 s on a quick PC), or a provider while it sets an
account up (a reload)."""
_REMEMBERED = 10_000
"""Secrets that were sent, and are looked for in what Home Assistant says."""


@contextlib.asynccontextmanager
async def open_live_store(spec: LiveStoreSpec, token: Secret) -> AsyncIterator[FollowedStore]:
    """Connect to the Home Assistant of `spec`, log in, and keep the connection for the block.

    Raise StoreError where the URL or the authority's certificate can't be used, StoreUnavailable
    where no connection comes about, CommandRefused where the token is not accepted.
    """
    where = f"store {spec.name}"
    target = Target(websocket_url(spec.url, where), where, spec.timeout)
    tls = tls_context(spec.ca_cert, verify=spec.verify_tls, where=where) if target.secure else None
    async with open_connection(target, token, tls) as connection:
        yield LiveStore(spec, token, connection)


class LiveStore:
    """One running Home Assistant, as `stores.interface.Store` describes it."""

    def __init__(self, spec: LiveStoreSpec, token: Secret, connection: Connection) -> None:
        self._spec = spec
        self._where = f"store {spec.name}"
        self._token = token
        self._connection = connection
        self._config = Command("application_credentials/config", timeout=self._patience)
        self._integrations: frozenset[str] | None = None
        self._sent: deque[Secret] = deque(maxlen=_REMEMBERED)
        self._changes = Changes()
        self._following = Following(connection, self._changes)

    @property
    def name(self) -> str:
        """The store's name in the manifest."""
        return self._spec.name

    async def snapshot(self, domains: Collection[str]) -> Snapshot:
        """Read items, and the config entries of `domains` and of every item's domain."""
        asked = [commands.CURRENT_USER, LIST, commands.ENTRIES]
        # Once: it takes Home Assistant 13 ms, and changes only with a restart, which hangs up.
        if self._integrations is None:
            asked.append(self._config)
        user, listed, entries, *config = await self._connection.ask_all(asked)
        # First, as older versions let anybody read: a plan that can't be applied helps nobody.
        await self._check_admin(user)
        items = self._changes.seen(await self._read(LIST, listed, answers.read_items))
        concerned = {*domains, *(item.domain for item in items)}
        accounts = await self._read(commands.ENTRIES, entries, answers.read_entries)
        if config:
            self._integrations = await self._read_integrations(*config)
        return Snapshot(
            store=self.name,
            items=items,
            entries=await self._with_auth_domains(
                [entry for entry in accounts if entry.domain in concerned], items
            ),
            integrations=self._integrations,
            capabilities=Capabilities(
                self._connection.ha_version,
                subscribe=can_subscribe(self._connection.ha_version),
                reload=True,
            ),
        )

    async def items(self) -> tuple[Item, ...]:
        """Read the items alone, in list order."""
        listed = await self._connection.ask(LIST)
        return self._changes.seen(await self._read(LIST, listed, answers.read_items))

    async def follow(self) -> None:
        """Have changes of the items pushed, where this Home Assistant can."""
        if self._following.pushed:
            answer = await self._connection.ask(SUBSCRIBE, listener=self._changes.hear)
            await self._read(SUBSCRIBE, answer, lambda _: None)

    async def changed(self, poll: float) -> None:
        """Return when somebody else has changed the items; look every `poll` s if none is pushed.

        Raise StoreUnavailable when the connection has ended.
        """
        await self._following.changed(self.items, poll)

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Do nothing: each change is made when it is asked for."""
        yield

    async def create(self, item: NewItem) -> Item:
        """Create one item. Calls may overlap; then the order in the list is Home Assistant's."""
        self._sent.append(item.client_secret)
        command = commands.create(item)
        self._changes.creating(item)
        answer = await self._connection.ask(command)
        if isinstance(answer, Failure):
            self._changes.not_created(item)
            if "No application_credentials platform" in answer.message:
                raise await self._no_platform(item.domain)
            doing = f"create {item.domain} with the client id {item.client_id}"
            raise await self._refusal(answer, doing, item.client_secret)
        return await self._read(command, answer, answers.read_item)

    async def delete(self, item_id: str) -> None:
        """Delete one item. An id that is not there is success."""
        self._changes.deleting(item_id)
        answer = await self._connection.ask(commands.delete(item_id))
        if isinstance(answer, Failure):
            self._changes.not_deleted(item_id)
        if isinstance(answer, Failure) and answer.code != "not_found":
            raise await self._refusal(answer, f"delete {item_id}")

    async def reload(self, entry_id: str) -> None:
        """Reload one config entry; returns when set-up has ended, be it in success or failure.

        Raise CommandRefused where its state does not allow it, or there is no such entry.
        """
        command = commands.reload(entry_id, self._patience)
        await self._call(command, f"reload the account {entry_id}")

    async def accounts(self, integration: str) -> tuple[AccountState, ...]:
        """Read how the linked accounts of one integration fare."""
        asked = accounts.states_of(integration)
        listed, progress = await self._connection.ask_all((asked, accounts.FLOWS))
        flows = await self._read(accounts.FLOWS, progress, accounts.read_reauth_flows)
        redact = Redactor((self._token, *self._sent))
        return await self._read(
            asked, listed, lambda value: accounts.read_states(value, flows, redact)
        )

    async def end_reauth(self, flow_id: str) -> None:
        """End a flow that asks a person to sign in again, and its repair issue."""
        await asyncio.to_thread(reauth.end_reauth, self._spec, self._token, flow_id)

    async def run_id(self) -> str:
        """Return what no other run has; nothing where this Home Assistant can't tell."""
        answer = await self._connection.ask(SETUP_INFO)
        return answers.read_run_id(answer.value if isinstance(answer, Result) else None)

    async def notifications(self) -> frozenset[str]:
        """Read the ids of the notifications that are shown."""
        answer = await self._connection.ask(NOTIFICATIONS)
        return await self._read(NOTIFICATIONS, answer, answers.read_notification_ids)

    async def notify(self, notification: Notification) -> None:
        """Show a notification, in place of one with the same id."""
        await self._call(commands.notify(notification), "show a notification")

    async def dismiss(self, notification_id: str) -> None:
        """Take a notification back; one that is not there is success."""
        await self._call(commands.dismiss(notification_id), "dismiss a notification")

    async def _call(self, command: Command, doing: str) -> None:
        answer = await self._connection.ask(command)
        if isinstance(answer, Failure):
            raise await self._refusal(answer, doing)

    @property
    def _patience(self) -> float:
        return max(_SLOW_SECONDS, self._spec.timeout)

    async def _check_admin(self, user: Answer) -> None:
        if not await self._read(commands.CURRENT_USER, user, answers.read_is_admin):
            raise refusals.not_admin(self._where)

    async def _read_integrations(self, config: Answer) -> frozenset[str] | None:
        """Return what `config` names; None where one broken integration spoils it for all."""
        if isinstance(config, Failure) and config.code in {"unknown_error", "home_assistant_error"}:
            return None
        return await self._read(self._config, config, answers.read_integrations)

    async def _with_auth_domains(
        self, entries: Collection[ConfigEntry], items: Collection[Item]
    ) -> tuple[ConfigEntry, ...]:
        """Ask each entry for its item, and return it with the key of that item."""
        keys = {item.id: item.key for item in items}
        asked = [commands.item_of(entry.entry_id) for entry in entries]
        told = []
        for entry, command, answer in zip(
            entries, asked, await self._connection.ask_all(asked), strict=True
        ):
            if isinstance(answer, Failure):
                if answer.code == "invalid_config_entry_id":
                    continue  # removed since the entries were read
                item_id = None
            else:
                item_id = await self._read(command, answer, answers.read_item_id)
            if item_id is None:  # it names none: believed of one that runs, or never will
                auth_domain, tells = None, entry.disabled or entry.state == "loaded"
            else:  # one that came after the list was read has a key, but nobody knows which
                auth_domain, tells = keys.get(item_id), item_id in keys
            told.append(replace(entry, auth_domain=auth_domain, tells=tells))
        return tuple(told)

    async def _read(self, command: Command, answer: Answer, reader: Callable[[object], _T]) -> _T:
        if isinstance(answer, Failure):
            raise await self._refusal(answer, f"answer `{command.kind}`")
        try:
            return reader(answer.value)
        except answers.Unreadable:
            raise answers.unreadable(command.kind, self._where) from None

    async def _refusal(self, failure: Failure, doing: str, *sent: Secret) -> StoreError:
        if failure.code == "unknown_command":
            config = await self._connection.ask(Command("get_config"))
            state = config.value if isinstance(config, Result) else None
            return refusals.not_loaded(state, self._where)
        return refusals.refusal(failure, doing, self._where, Redactor((self._token, *sent)))

    async def _no_platform(self, domain: str) -> CommandRefused:
        if self._integrations is None:
            config = await self._connection.ask(self._config)
            self._integrations = await self._read_integrations(config)
        return refusals.no_platform(domain, self._integrations or frozenset(), self._where)
