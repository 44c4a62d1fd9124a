"""What one Home Assistant says of itself, beyond its credentials."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from appcreds_sync.stores.home_assistant import answers
from appcreds_sync.stores.home_assistant.address import base_url, websocket_url
from appcreds_sync.stores.home_assistant.connection import Command, open_connection
from appcreds_sync.stores.home_assistant.protocol import Failure
from appcreds_sync.stores.home_assistant.tls import tls_context
from appcreds_sync.stores.home_assistant.unreachable import Target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.stores.home_assistant.connection import Connection

_SLOW_SECONDS = 120.0
"""The first `config` after a start imports every integration."""


@dataclass(frozen=True, slots=True)
class About:
    """One Home Assistant, as it describes itself to this token."""

    ha_version: str
    is_admin: bool
    components: frozenset[str]
    """Integrations that are set up: `my`, `application_credentials`, …."""
    integrations: Mapping[str, Mapping[str, str]] | None
    """Those that take application credentials, each with what its instructions fill in; None
    where one broken integration spoils the answer, or `application_credentials` is not loaded."""
    recovery_mode: bool = False
    address: str | None = None
    """Where people open it, as it says itself; None where it does not."""

    @property
    def my_is_loaded(self) -> bool:
        """Whether providers send people back by way of my.home-assistant.io."""
        return "my" in self.components


async def read_about(spec: LiveStoreSpec, token: Secret) -> About:
    """Connect, ask, and hang up. Raise StoreError where it can't be asked."""
    async with _connected(spec, token) as connection:
        return await _ask(connection, f"store {spec.name}")


async def read_instructions(spec: LiveStoreSpec, token: Secret, domain: str) -> str | None:
    """Return what Home Assistant tells a person who adds a credential of `domain`, in Markdown.

    In English, with its placeholders as they are; None where it has nothing to tell.
    """
    # As Home Assistant's own page asks (frontend: data/translation.ts).
    fields = {"language": "en", "category": "application_credentials", "integration": [domain]}
    async with _connected(spec, token) as connection:
        answer = await connection.ask(Command("frontend/get_translations", fields, _SLOW_SECONDS))
    match None if isinstance(answer, Failure) else answer.value:
        case {"resources": dict(texts)}:
            text = texts.get(f"component.{domain}.application_credentials.description")
            return text if isinstance(text, str) else None
        case _:
            return None


def _connected(spec: LiveStoreSpec, token: Secret) -> AbstractAsyncContextManager[Connection]:
    where = f"store {spec.name}"
    target = Target(websocket_url(spec.url, where), where, spec.timeout)
    tls = tls_context(spec.ca_cert, verify=spec.verify_tls, where=where) if target.secure else None
    return open_connection(target, token, tls)


async def clock_skew(spec: LiveStoreSpec, token: Secret) -> dt.timedelta | None:
    """Return by how much Home Assistant's clock is ahead of ours, to a second; None: not told."""
    return await asyncio.to_thread(_clock_skew, spec, token)


def _clock_skew(spec: LiveStoreSpec, token: Secret) -> dt.timedelta | None:
    # requests takes 60 ms, for this alone.
    import requests

    from appcreds_sync.stores.home_assistant.http_session import make_session

    try:
        with make_session(spec, token) as session:
            answer = session.get(f"{base_url(spec.url)}/api/", timeout=spec.timeout)
        return parsedate_to_datetime(answer.headers["Date"]) - dt.datetime.now(dt.UTC)
    except (requests.RequestException, KeyError, ValueError):
        return None


async def _ask(connection: Connection, where: str) -> About:
    commands = (
        Command("auth/current_user"),
        Command("get_config"),
        Command("application_credentials/config", timeout=_SLOW_SECONDS),
    )
    user, config, supported = await connection.ask_all(commands)
    told: Any = None if isinstance(config, Failure) else config.value
    try:
        is_admin = not isinstance(user, Failure) and answers.read_is_admin(user.value)
        components = _components(told)
        integrations = (
            None if isinstance(supported, Failure) else answers.read_placeholders(supported.value)
        )
    except answers.Unreadable:
        raise answers.unreadable("get_config", where) from None
    address = told.get("external_url") or told.get("internal_url")
    return About(
        ha_version=connection.ha_version,
        is_admin=is_admin,
        components=components,
        integrations=integrations,
        recovery_mode=told.get("recovery_mode") is True,
        address=address if isinstance(address, str) else None,
    )


def _components(config: object) -> frozenset[str]:
    match config:
        case {"components": list(components)}:
            return frozenset(filter(lambda name: isinstance(name, str), components))
        case _:
            raise answers.Unreadable
