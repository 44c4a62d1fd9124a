"""A secret replaced under accounts that were really linked; docs/rotation.md has it as a table.

The provider is certified, the account is linked through Home Assistant's own flow, the secret is in
OpenBao. A token lives 10 s, so that Home Assistant refreshes it at every reload.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.command import Ended, appcreds
from tests.lab.linking import link, sign_in_again
from tests.lab.provider import Answer, Provider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao

RAISES, RETRIES, AUTH_FAILS, LAZY = (
    "oauth_lab",
    "oauth_lab_retry",
    "oauth_lab_authfail",
    "oauth_lab_lazy",
)
every_way = pytest.mark.parametrize("domain", [RAISES, RETRIES, AUTH_FAILS, LAZY])
uses_its_token = pytest.mark.parametrize("domain", [RAISES, RETRIES, AUTH_FAILS])
FIRST, SECOND, WRONG = "canary-first", "canary-second", "canary-wrong"


class Linked:
    """An account linked with a managed credential, and all that it takes to replace its secret."""

    def __init__(
        self, home_assistant: HomeAssistant, provider: Provider, vault: OpenBao, folder: Path
    ) -> None:
        self.ha = home_assistant
        self.provider = provider
        self.vault = vault
        self.folder = folder
        self.mount = vault.mount_kv(2)
        self.domain = ""
        self.entry = ""

    def link(self, domain: str) -> None:
        self.domain = domain
        self.provider.register("client", FIRST, [self.ha.redirect_uri])
        self.declare("client", FIRST)
        assert self.sync().code == 0
        self.entry = link(self.ha, self.provider, domain, "home.lab")
        assert self.ha.entry_state(self.entry) == "loaded"
        self.provider.forget_requests()

    def declare(self, client_id: str, secret: str, policy: str = "{}") -> None:
        kv = self.vault.client().secrets.kv.v2
        kv.create_or_update_secret("lab", {"client_secret": secret}, mount_point=self.mount)
        (self.folder / "appcreds.yaml").write_text(
            "version: 1\nowner: home\n"
            f"vault: {{address: '{self.vault.address}'}}\n"
            f"stores: {{house: {{url: '{self.ha.url}', token: env://HA_TOKEN}}}}\n"
            f"policy: {policy}\n"
            "credentials:\n"
            "  lab:\n"
            f"    integration: {self.domain}\n"
            f"    client_id: {client_id}\n"
            f"    client_secret: vault://{self.mount}/lab#client_secret\n"
            f"    token_url: {self.provider.url}/token\n"
        )

    def sync(self, *flags: str) -> Ended:
        env = {"HA_TOKEN": self.ha.token, "VAULT_TOKEN": self.vault.token}
        return appcreds("sync", "--format=json", *flags, cwd=self.folder, env=env)

    def items(self) -> list[tuple[str, str]]:
        return [(item["client_id"], item["client_secret"]) for item in self.ha.items()]

    def state(self) -> str:
        return self.ha.entry_state(self.entry)

    def refreshed(self) -> list[int]:
        """The statuses of Home Assistant's own refreshes since the account was linked."""
        return [it.status for it in self.provider.requests() if it.grant_type == "refresh_token"]

    def issues(self) -> list[str]:
        found = self.ha.api.command("repairs/list_issues")["issues"]
        return [issue["issue_id"] for issue in found if "reauth" in issue["issue_id"]]


@pytest.fixture
def linked(
    home_assistant: HomeAssistant, provider: Provider, vault: OpenBao, tmp_path: Path
) -> Linked:
    return Linked(home_assistant, provider, vault, tmp_path)


def result(ended: Ended) -> dict[str, Any]:
    (store,) = json.loads(ended.stdout)["stores"]
    (only,) = store["results"]
    found: dict[str, Any] = only
    return found


def change(ended: Ended) -> dict[str, Any]:
    (store,) = json.loads(ended.stdout)["stores"]
    (only,) = store["plan"]["changes"]
    found: dict[str, Any] = only
    return found


def nothing_leaked(ended: Ended) -> None:
    assert not any(secret in ended.printed for secret in (FIRST, SECOND, WRONG))


@every_way
def test_a_right_secret_goes_to_work_without_linking_again(linked: Linked, domain: str) -> None:
    linked.link(domain)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND)

    ended = linked.sync()

    assert ended.code == 0, ended.printed
    assert change(ended)["verdict"]["kind"] == "right"
    assert (result(ended)["outcome"], result(ended)["reloaded"]) == ("applied", ["lab"])
    assert linked.items() == [("client", SECOND)]
    assert linked.state() == "loaded"
    assert set(linked.refreshed()) == (set() if domain == LAZY else {200})
    assert linked.ha.reauth_flows(linked.entry) == []
    assert json.loads(linked.sync().stdout)["stores"][0]["plan"]["changes"] == []
    nothing_leaked(ended)


def test_a_wrong_secret_holds_nothing_else_back(linked: Linked) -> None:
    linked.link(RAISES)
    linked.declare("client", WRONG)
    with (linked.folder / "appcreds.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write("  netatmo: {client_id: other, client_secret: env://HA_TOKEN}\n")

    ended = linked.sync()

    assert ended.code == 3, ended.printed
    (store,) = json.loads(ended.stdout)["stores"]
    actions = {change["credential"]: change["action"] for change in store["plan"]["changes"]}
    assert actions == {"lab": "blocked", "netatmo": "create"}
    assert [it["outcome"] for it in store["results"]] == ["applied"]
    # What was blocked for what the provider said is still to be done, and nobody's failure.
    assert store["converged"] is True
    assert sorted(linked.items()) == [("client", FIRST), ("other", linked.ha.token)]


@every_way
def test_a_wrong_secret_is_found_out_before_it_goes_live(linked: Linked, domain: str) -> None:
    linked.link(domain)
    linked.declare("client", WRONG)

    ended = linked.sync()

    assert ended.code == 3, ended.printed
    assert change(ended)["action"] == "blocked"
    assert change(ended)["reason"]["code"] == "secret-wrong"
    assert linked.items() == [("client", FIRST)]
    assert 401 not in linked.refreshed()
    nothing_leaked(ended)


@uses_its_token
def test_a_wrong_secret_that_nobody_verified_is_rolled_back(linked: Linked, domain: str) -> None:
    linked.link(domain)
    linked.declare("client", WRONG)

    ended = linked.sync("--verify=off")

    assert ended.code == 1, ended.printed
    # An error that the integration lets through says no reason on these versions.
    expected = "deferred" if domain == RAISES else "refused"
    assert result(ended)["outcome"] == expected, ended.printed
    assert linked.items() == [("client", FIRST)]
    assert linked.state() == "loaded"
    assert linked.refreshed()[-2:] == [401, 200]
    assert linked.ha.reauth_flows(linked.entry) == []
    assert linked.issues() == []
    nothing_leaked(ended)


def test_a_wrong_secret_that_nobody_used_yet_is_reported_as_unproved(linked: Linked) -> None:
    linked.link(LAZY)
    linked.declare("client", WRONG)
    ended = linked.sync("--verify=off")
    assert ended.code == 0
    assert result(ended)["notes"] == ["Home Assistant has not had to use the new secret yet"]


@uses_its_token
def test_an_outage_defers_and_the_next_turn_does_it(linked: Linked, domain: str) -> None:
    linked.link(domain)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND)
    linked.provider.answer(Answer.OUTAGE)

    ended = linked.sync()

    assert ended.code == 1, ended.printed
    assert change(ended)["verdict"]["kind"] == "unreachable"
    # The old secret does not work either while the provider is down: that is said, too.
    assert result(ended)["outcome"] == "failed"
    assert result(ended)["problem"]["code"] == "roll-back-incomplete"
    assert linked.items() == [("client", FIRST)]

    linked.provider.answer(Answer.REAL)
    assert linked.sync().code == 0
    assert linked.items() == [("client", SECOND)]
    assert linked.state() == "loaded"


@uses_its_token
def test_an_outage_does_not_let_a_wrong_secret_in(linked: Linked, domain: str) -> None:
    """Each turn in it finds the account broken already, which is no word for the new secret."""
    linked.link(domain)
    linked.declare("client", WRONG)
    linked.provider.answer(Answer.OUTAGE)
    ended = [linked.sync() for _ in range(3)]
    assert [(it.code, result(it)["outcome"]) for it in ended] == [
        (1, "failed"),
        (1, "deferred"),
        (1, "deferred"),
    ]
    assert linked.items() == [("client", FIRST)]
    linked.provider.answer(Answer.REAL)
    assert linked.ha.reload_entry(linked.entry)["state"] == "loaded"


def test_a_slow_provider_is_waited_for(linked: Linked) -> None:
    linked.link(RETRIES)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND)
    linked.provider.answer(Answer.REAL, delay=2)
    ended = linked.sync()
    assert ended.code == 0, ended.printed
    assert result(ended)["seconds"] >= 2
    assert linked.items() == [("client", SECOND)]


def test_one_that_is_too_slow_is_rolled_back(linked: Linked) -> None:
    linked.link(RETRIES)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND, policy="{settle: 1s, verify: 'off'}")
    linked.provider.answer(Answer.REAL, delay=3)
    ended = linked.sync()
    assert ended.code == 1, ended.printed
    assert linked.items() == [("client", FIRST)]


@uses_its_token
def test_a_new_client_id_is_refused_unless_allowed(linked: Linked, domain: str) -> None:
    linked.link(domain)
    linked.provider.register("another", SECOND, [linked.ha.redirect_uri])
    linked.declare("another", SECOND)
    refused = linked.sync()
    assert (refused.code, change(refused)["reason"]["code"]) == (3, "relink")
    assert linked.items() == [("client", FIRST)]

    allowed = linked.sync("--allow-relink")

    assert allowed.code == 3, allowed.printed
    assert result(allowed)["outcome"] == "relink needed"
    assert "lab" in result(allowed)["problem"]["what"]
    assert linked.items() == [("another", SECOND)]
    if domain == AUTH_FAILS:  # the flow that asks to sign in again is the person's way back
        sign_in_again(linked.ha, linked.entry, "home.lab")
        assert linked.ha.reload_entry(linked.entry)["state"] == "loaded"


def test_a_broken_account_is_mended_by_the_right_secret(linked: Linked) -> None:
    """What people come for: the provider's secret ran out, and the account has failed."""
    linked.link(AUTH_FAILS)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    assert linked.ha.reload_entry(linked.entry)["state"] == "setup_error"
    assert (len(linked.ha.reauth_flows(linked.entry)), len(linked.issues())) == (1, 1)
    linked.declare("client", SECOND)
    ended = linked.sync()
    assert ended.code == 0, ended.printed
    assert linked.state() == "loaded"
    assert (linked.ha.reauth_flows(linked.entry), linked.issues()) == ([], [])


def test_an_item_made_in_the_page_is_superseded_while_it_is_in_use(linked: Linked) -> None:
    linked.domain = AUTH_FAILS
    linked.provider.register("client", FIRST, [linked.ha.redirect_uri])
    page = linked.ha.create_item(domain=AUTH_FAILS, client_id="client", client_secret=FIRST)
    linked.entry = link(linked.ha, linked.provider, AUTH_FAILS, page["id"])
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND)
    manifest = linked.folder / "appcreds.yaml"
    manifest.write_text(manifest.read_text() + f"    auth_domain: {page['id']}\n")

    ended = linked.sync()

    assert ended.code == 0, ended.printed
    assert result(ended)["outcome"] == "applied"
    assert linked.items() == [("client", FIRST), ("client", SECOND)]
    assert linked.state() == "loaded"
    retained = linked.sync()
    assert (retained.code, change(retained)["action"]) == (0, "retained")
    linked.ha.remove_entry(linked.entry)
    assert linked.sync().code == 0
    assert linked.items() == [("client", SECOND)]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer.CODE_FIRST, "unknown"),
        (Answer.RATE_LIMITED, "unreachable"),
        (Answer.HTML, "unreachable"),
        (Answer.REDIRECT, "unreachable"),
        (Answer.ERROR_IN_200, "right"),
    ],
)
def test_only_proof_satisfies_require(linked: Linked, answer: Answer, kind: str) -> None:
    linked.link(LAZY)
    linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    linked.declare("client", SECOND)
    linked.provider.answer(answer)
    ended = linked.sync("--verify=require")
    assert change(ended)["verdict"]["kind"] == kind, ended.printed
    if kind == "right":
        assert ended.code == 0
    else:
        assert (ended.code, change(ended)["reason"]["code"]) == (3, "secret-not-proved")
        assert linked.items() == [("client", FIRST)]
