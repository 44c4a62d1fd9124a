"""Which replaces are verified, and what each verdict means under each policy.

That the verdicts themselves are right is proved on a real provider: tests/oauth, tests/contract.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.manifest import Policy
from appcreds_sync.model.plan import Action, Plan
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.redirect import MY_HOME_ASSISTANT
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.resolving import ResolvedStore
from appcreds_sync.reconcile.verifying import Verification
from tests.planning.builders import CATALOGUE, desired, entry, item, snapshot, wanted
from tests.reconcile.manifests import directory, live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.oauth.client import ClientToVerify
    from appcreds_sync.reconcile import verifying
    from tests.lab.home_assistant import HomeAssistant


class Provider:
    """Says the same of everybody, and remembers who was asked about."""

    def __init__(self, kind: VerdictKind, words: str = "in its own words") -> None:
        self.asked: list[tuple[str, str]] = []
        self.redirect_uris: list[str] = []
        self._verdict = Verdict(kind, "a-code", words)

    async def verify_many(self, clients: Sequence[ClientToVerify]) -> tuple[Verdict, ...]:
        self.asked += [(client.client_id, client.client_secret.reveal()) for client in clients]
        self.redirect_uris += [client.redirect_uri for client in clients]
        return tuple(self._verdict for _ in clients)


async def check(
    provider: Provider, wish: Desired, plan: Plan, policy: verifying.Policy | None = None
) -> Plan:
    verification = Verification(CATALOGUE, policy)
    vars(verification)["_verifier"] = provider
    return await verification.check(plan, ResolvedStore(directory(), None, wish))


IN_USE = snapshot(item("a", secret="old"), entries=(entry("home.spotify"),))


@pytest.mark.parametrize(
    ("policy", "kind", "code"),
    [
        ("auto", VerdictKind.RIGHT, None),
        ("auto", VerdictKind.WRONG, "secret-wrong"),
        ("auto", VerdictKind.UNKNOWN, None),
        ("auto", VerdictKind.UNREACHABLE, None),
        ("auto", VerdictKind.SKIPPED, None),
        ("require", VerdictKind.RIGHT, None),
        ("require", VerdictKind.WRONG, "secret-wrong"),
        ("require", VerdictKind.UNKNOWN, "secret-not-proved"),
        ("require", VerdictKind.UNREACHABLE, "secret-not-proved"),
        ("require", VerdictKind.SKIPPED, None),
    ],
)
async def test_what_a_verdict_leads_to(
    policy: verifying.Policy, kind: VerdictKind, code: str | None
) -> None:
    wish = desired(wanted(), policy=Policy(verify=policy))
    provider = Provider(kind)
    (change,) = (await check(provider, wish, make_plan(wish, IN_USE))).changes
    assert provider.asked == [("client", "secret-1")]
    assert change.verdict is not None
    assert change.verdict.kind is kind
    if code is None:
        assert (change.action, change.reason) == (Action.REPLACE, None)
    else:
        assert (change.action, change.intended) == (Action.BLOCKED, Action.REPLACE)
        assert change.reason is not None
        assert change.reason.code == code


async def test_off_asks_nobody_and_the_flag_goes_before_the_manifest() -> None:
    provider = Provider(VerdictKind.WRONG)
    for wish, flag in (
        (desired(wanted(), policy=Policy(verify="off")), None),
        (desired(wanted(), policy=Policy(verify="require")), "off"),
    ):
        plan = make_plan(wish, IN_USE)
        assert await check(provider, wish, plan, flag) == plan  # type: ignore[arg-type]  # a literal
    assert provider.asked == []


@pytest.mark.parametrize(
    "store",
    [
        snapshot(),
        snapshot(item("a", secret="old")),
        snapshot(item("a"), entries=(entry("home.spotify"),)),
        snapshot(item("a", name="Old"), entries=(entry("home.spotify"),)),
    ],
    ids=["create", "replace of what nobody uses", "nothing to do", "only the name"],
)
async def test_nothing_else_is_verified(store: object) -> None:
    assert isinstance(store, type(snapshot()))
    wish = desired(wanted(name="spotify"))
    provider = Provider(VerdictKind.WRONG)
    plan = make_plan(wish, store)
    assert await check(provider, wish, plan) == plan
    assert provider.asked == []


@pytest.mark.parametrize("kind", [VerdictKind.RIGHT, VerdictKind.WRONG])
async def test_a_provider_that_echoes_another_clients_secret_is_redacted(kind: VerdictKind) -> None:
    other = wanted("netatmo", "netatmo", client_id="other", secret="canary")
    wish = desired(wanted(), other)
    provider = Provider(kind, "not canary, but secret-1")
    plan = await check(provider, wish, make_plan(wish, IN_USE))
    (change,) = (change for change in plan.changes if change.verdict)
    assert change.verdict is not None
    assert change.verdict.words == "not <redacted>, but <redacted>"
    assert "canary" not in repr(plan)


async def test_the_redirect_uri_is_what_this_home_assistant_gives_to_providers(
    home_assistant: HomeAssistant,
) -> None:
    wish = desired(wanted())
    provider = Provider(VerdictKind.RIGHT)
    verification = Verification(CATALOGUE)
    vars(verification)["_verifier"] = provider
    there = replace(live(), url=home_assistant.url)
    plan = make_plan(wish, IN_USE)

    for spec, token in ((there, Secret(home_assistant.token)), (there, Secret("wrong"))):
        await verification.check(plan, ResolvedStore(spec, token, wish))

    assert provider.redirect_uris == [home_assistant.redirect_uri, MY_HOME_ASSISTANT]
