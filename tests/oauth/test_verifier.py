"""A turn's clients: each asked once, a provider in trouble left alone, several side by side."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.verdict import VerdictKind
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.verifier import Verifier
from tests.oauth.fake import SECRET, Asked, Said, honest, token_endpoint

CATALOGUE = {name: Integration(name) for name in ("one", "two")} | {
    "pkce": Integration("pkce", pkce=True),
    "scoped": Integration("scoped", token_parameters=(("scope", "all"),)),
    "unused": Integration("unused", secret_required=False),
}
NETWORK = Network(connect_timeout=2, read_timeout=2, loopback_http=True)


def client(
    url: str | None, *, integration: str = "one", client_id: str = "id", secret: str = SECRET
) -> ClientToVerify:
    return ClientToVerify(integration, client_id, Secret(secret), token_url=url)


def verifier(pause: float = 0.0) -> Verifier:
    return Verifier(CATALOGUE, network=NETWORK, pause=pause)


def test_one_client_is_asked_once_whatever_uses_it() -> None:
    ours = verifier()
    with token_endpoint(honest) as provider:
        verdicts = [ours.verify(client(provider.url, integration=name)) for name in ("one", "two")]
        ours.verify(client(provider.url, secret="another-Secret-1"))

    assert [verdict.kind for verdict in verdicts] == [VerdictKind.RIGHT] * 2
    assert len(provider.asked) == 4


def test_what_is_asked_in_another_way_is_asked_again() -> None:
    ours = verifier()
    with token_endpoint(honest) as provider:
        for name in ("one", "pkce", "scoped"):
            ours.verify(client(provider.url, integration=name))
        ours.verify(replace(client(provider.url), redirect_uri="https://ha.example.org/callback"))

    assert len(provider.asked) == 8
    assert {asked.form["redirect_uri"] for asked in provider.asked[-2:]} == {
        "https://ha.example.org/callback"
    }


def test_a_provider_that_asks_to_wait_is_not_asked_again_this_turn() -> None:
    ours = verifier()
    with token_endpoint(lambda _: Said(429)) as provider:
        verdicts = [ours.verify(client(provider.url, client_id=name)) for name in ("a", "b", "c")]

    assert {verdict.code for verdict in verdicts} == {"rate-limited"}
    assert len(provider.asked) == 1


def test_a_provider_in_trouble_over_one_client_is_asked_for_the_next() -> None:
    def behave(asked: Asked) -> Said:
        return Said(500) if asked.form["client_id"] == "a" else honest(asked)

    ours = verifier()
    with token_endpoint(behave) as provider:
        verdicts = [ours.verify(client(provider.url, client_id=name)) for name in ("a", "b")]

    assert [verdict.kind for verdict in verdicts] == [VerdictKind.UNREACHABLE, VerdictKind.RIGHT]


def test_one_provider_is_never_asked_by_two_threads_at_once() -> None:
    busy = threading.Lock()

    def behave(asked: Asked) -> Said:
        if not busy.acquire(blocking=False):
            return Said(503)
        try:
            return honest(asked)
        finally:
            busy.release()

    ours = verifier()
    with token_endpoint(behave) as provider, ThreadPoolExecutor(8) as pool:
        clients = [client(provider.url, client_id=f"id{n % 4}") for n in range(16)]
        verdicts = list(pool.map(ours.verify, clients))

    assert {verdict.kind for verdict in verdicts} == {VerdictKind.RIGHT}
    assert len(provider.asked) == 8


def test_a_pause_lies_between_two_clients_of_one_provider() -> None:
    ours = verifier(pause=0.05)
    with token_endpoint(honest) as provider:
        ours.verify(client(provider.url, client_id="a"))
        ended = ours._last_asked[provider.host]
        ours.verify(client(provider.url, client_id="b"))
        began_after = ours._last_asked[provider.host]

    assert began_after - ended >= 0.05


async def test_many_are_verified_side_by_side_in_their_order() -> None:
    both_are_asked = threading.Barrier(2)

    def meet(asked: Asked) -> Said:
        if asked.form["client_secret"] == SECRET:
            both_are_asked.wait(10)  # only reached by both if nobody waits for the other
        return honest(asked)

    with token_endpoint(meet) as first, token_endpoint(meet) as second:
        verdicts = await verifier().verify_many(
            [
                client(first.url),
                client(None, integration="unused"),
                client(second.url),
                client(first.url, secret="another-Secret-1"),
                client(None),
            ]
        )

    assert [verdict.kind for verdict in verdicts] == [
        VerdictKind.RIGHT,
        VerdictKind.SKIPPED,
        VerdictKind.RIGHT,
        VerdictKind.WRONG,
        VerdictKind.UNKNOWN,
    ]


async def test_none_are_verified_at_once() -> None:
    assert await verifier().verify_many([]) == ()


def test_no_secret_is_kept_in_the_clear() -> None:
    ours = verifier()
    with token_endpoint(honest) as provider:
        ours.verify(client(provider.url))

    assert SECRET not in repr(vars(ours))
