"""Verifies the clients of one turn: each once, politely, several providers side by side."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.endpoint import endpoint_of, host_of
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.request import code_request
from appcreds_sync.oauth.rules import load_providers
from appcreds_sync.oauth.verify import verify_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.oauth.client import ClientToVerify

_THREADS: Final = 4
_ENOUGH: Final = frozenset({"rate-limited", "timeout", "no-connection", "tls", "proxy"})
"""What a provider's other clients would get too: it is not asked again in this turn."""

_Key = tuple[tuple[object, ...], bytes]
"""All that is sent, the secret as a hash."""


class Verifier:
    """One turn's; `verify` may be called from any thread."""

    def __init__(
        self, catalogue: Catalogue, *, network: Network | None = None, pause: float = 1.0
    ) -> None:
        """Take the catalogue, and the seconds between two clients of one provider."""
        self._catalogue = catalogue
        self._network = network or Network()
        self._providers = load_providers()
        self._pause = pause
        # A plain hash of a secret could be guessed at; this one dies with the turn.
        self._hash_key = secrets.token_bytes(32)
        self._known: dict[_Key, Verdict] = {}
        self._given_up: dict[str, Verdict] = {}
        self._last_asked: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = {}

    def verify(self, client: ClientToVerify) -> Verdict:
        """Return the verdict, asked for at most once a turn; blocks while its provider is busy."""
        facts = facts_of(self._catalogue, client.integration)
        endpoint = endpoint_of(client, facts, loopback_http=self._network.loopback_http)
        if isinstance(endpoint, Verdict):
            return endpoint
        host = host_of(endpoint)
        key = code_request(client, facts, endpoint).all_but_secret(), self._hash(client)
        # `setdefault` is atomic; a defaultdict could give two threads a lock each.
        with self._locks.setdefault(host, threading.Lock()):
            known = self._known.get(key) or self._given_up.get(host)
            if known is not None:
                return known
            self._wait(host)
            verdict = verify_client(
                client, self._catalogue, providers=self._providers, network=self._network
            )
            self._last_asked[host] = time.monotonic()
            self._known[key] = verdict
            if verdict.kind is VerdictKind.UNREACHABLE and verdict.code in _ENOUGH:
                self._given_up[host] = verdict
            return verdict

    async def verify_many(self, clients: Sequence[ClientToVerify]) -> tuple[Verdict, ...]:
        """Return a verdict for each client, in their order; up to four providers at a time."""
        by_host: defaultdict[str, list[int]] = defaultdict(list)
        for place, client in enumerate(clients):
            by_host[self._host(client)].append(place)
        free = asyncio.Semaphore(_THREADS)
        found: dict[int, Verdict] = {}

        def verify_in_turn(places: list[int]) -> None:
            found.update((place, self.verify(clients[place])) for place in places)

        async def one_host(places: list[int]) -> None:
            async with free:
                await asyncio.to_thread(verify_in_turn, places)

        async with asyncio.TaskGroup() as group:
            for places in by_host.values():
                group.create_task(one_host(places))
        return tuple(found[place] for place in range(len(clients)))

    def _host(self, client: ClientToVerify) -> str:
        facts = facts_of(self._catalogue, client.integration)
        endpoint = endpoint_of(client, facts, loopback_http=self._network.loopback_http)
        return "" if isinstance(endpoint, Verdict) else host_of(endpoint)

    def _hash(self, client: ClientToVerify) -> bytes:
        secret = client.client_secret.reveal().encode()
        return hmac.digest(self._hash_key, secret, hashlib.sha256)

    def _wait(self, host: str) -> None:
        last = self._last_asked.get(host)
        if last is not None:
            time.sleep(max(0.0, last + self._pause - time.monotonic()))
