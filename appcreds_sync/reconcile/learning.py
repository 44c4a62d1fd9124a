"""What the live stores say of the integrations that they support."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.oauth.redirect import redirect_uri
from appcreds_sync.reconcile.tokens import read_tokens
from appcreds_sync.stores.home_assistant.address import is_for_people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.reader import SecretReader
    from appcreds_sync.stores.home_assistant.about import About


@dataclass(frozen=True, slots=True)
class Learned:
    """One live store, as far as it could be asked."""

    store: str
    problems: tuple[Problem, ...] = ()
    ha_version: str | None = None
    redirect_uri: str | None = None
    """What this Home Assistant gives to providers; None where it could not be asked."""
    integrations: Mapping[str, Mapping[str, str]] | None = None
    """What it supports, each with the texts that its instructions fill in; None: not known."""
    instructions: str | None = None
    """What it tells a person who adds a credential of the integration asked for, filled in."""

    def supports(self, domain: str) -> bool | None:
        """Tell whether it supports the integration; None where that is not known."""
        return None if self.integrations is None else domain in self.integrations

    def links(self, domain: str) -> tuple[str, ...]:
        """Return the addresses that its instructions for the integration name."""
        texts = (self.integrations or {}).get(domain, {}).values()
        return tuple(dict.fromkeys(text for text in texts if text.startswith("https://")))


async def learn(
    specs: Sequence[StoreSpec], reader: SecretReader, domain: str | None
) -> tuple[Learned, ...]:
    """Ask every live store of `specs`; of `domain`, also for its instructions. Raise nothing."""
    live = [spec for spec in specs if isinstance(spec, LiveStoreSpec)]
    if not live:
        return ()
    tokens = await asyncio.to_thread(read_tokens, live, reader)
    return tuple(
        await asyncio.gather(*(_learn(spec, token, domain) for spec, token in tokens.items()))
    )


async def redirect_uri_at(spec: StoreSpec, token: Secret | Problem | NotRead | None) -> str | None:
    """Return what the Home Assistant of `spec` gives to providers; None where it can't be asked."""
    if not isinstance(spec, LiveStoreSpec) or token is None or isinstance(token, Problem | NotRead):
        return None
    from appcreds_sync.stores.home_assistant.about import read_about  # as below

    try:
        return _redirect_uri(spec, await read_about(spec, token))
    except StoreError:
        return None


def _redirect_uri(spec: LiveStoreSpec, about: About) -> str:
    opened_at = spec.url if is_for_people(spec.url) else about.address
    return redirect_uri(opened_at, my_is_loaded=about.my_is_loaded)


async def _learn(spec: LiveStoreSpec, token: Secret | Problem, domain: str | None) -> Learned:
    if isinstance(token, Problem):
        return Learned(spec.name, (token,))
    # Here, so that the catalogue alone can be looked at without paying for websockets.
    from appcreds_sync.stores.home_assistant.about import (
        read_about,
        read_instructions,
    )

    try:
        about = await read_about(spec, token)
        supported = about.integrations or {}
        told = None
        if domain is not None and domain in supported:
            told = await read_instructions(spec, token, domain)
    except StoreError as error:
        return Learned(spec.name, error.problems)
    return Learned(
        spec.name,
        ha_version=about.ha_version,
        redirect_uri=_redirect_uri(spec, about),
        integrations=about.integrations,
        instructions=None if told is None else _filled_in(told, supported[str(domain)]),
    )


def _filled_in(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
