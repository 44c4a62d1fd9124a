"""Secrets under linked accounts, with a certified provider."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_rotation import AUTH_FAILS, FIRST, SECOND, WRONG, Linked
from tests.watch.running import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao
    from tests.lab.provider import Provider

UNVERIFIED = "{verify: 'off'}\nwatch: {listen: 'off', vault_interval: 300ms}"
VERIFIED = "{}\nwatch: {listen: 'off', vault_interval: 300ms}"


@pytest.fixture
def linked(
    home_assistant: HomeAssistant, provider: Provider, vault: OpenBao, tmp_path: Path
) -> Linked:
    return Linked(home_assistant, provider, vault, tmp_path)


def _watch(linked: Linked) -> Watch:
    env = {"HA_TOKEN": linked.ha.token, "VAULT_TOKEN": linked.vault.token}
    return Watch(linked.folder, env=env)


def test_a_new_secret_in_vault_gets_under_the_account(linked: Linked) -> None:
    linked.link(AUTH_FAILS)
    linked.declare("client", FIRST, VERIFIED)
    with _watch(linked) as watch:
        watch.next("turn", causes="start", state="in-sync")
        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
        linked.declare("client", SECOND, VERIFIED)
        watch.next("change", action="replace", outcome="applied")
        assert linked.items() == [("client", SECOND)]
        assert linked.state() == "loaded"


def test_a_refused_secret_is_not_tried_again_until_it_changes_or_somebody_asks(
    linked: Linked,
) -> None:
    linked.link(AUTH_FAILS)
    linked.declare("client", FIRST, UNVERIFIED)
    with _watch(linked) as watch:
        watch.next("turn", causes="start", state="in-sync")
        linked.declare("client", WRONG, UNVERIFIED)
        watch.next("change", action="replace", outcome="refused")
        watch.next("turn", causes="retry", state="needs-a-person")
        assert linked.items() == [("client", FIRST)]
        assert linked.state() == "loaded"

        linked.provider.forget_requests()
        linked.ha.create_item(domain=AUTH_FAILS, client_id="x", client_secret="y")
        watch.next("turn", state="needs-a-person")
        assert linked.refreshed() == []

        watch.signal(signal.SIGHUP)
        watch.next("change", action="replace", outcome="refused")

        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
        linked.declare("client", SECOND, UNVERIFIED)
        watch.next("change", action="replace", outcome="applied")
        watch.next("turn", state="in-sync")
        assert ("client", SECOND) in linked.items()
        assert ("client", FIRST) not in linked.items()
