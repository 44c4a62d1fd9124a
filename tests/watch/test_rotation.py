"""Secrets under linked accounts, with a certified provider."""

from __future__ import annotations

import datetime as dt
import signal
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_rotation import AUTH_FAILS, FIRST, SECOND, WRONG, Linked
from tests.lab.linking import sign_in_again
from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao
    from tests.lab.provider import Provider

UNVERIFIED = "{verify: 'off'}\nwatch: {listen: 'off', vault_interval: 300ms}"
VERIFIED = "{}\nwatch: {listen: 'off', vault_interval: 300ms}"
LOOKING_OFTEN = "{}\nwatch: {listen: 'off', vault_interval: 300ms, interval: 1s}"


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


def test_an_account_that_asks_to_sign_in_later_is_an_incident_until_it_has(linked: Linked) -> None:
    linked.link(AUTH_FAILS)
    linked.declare("client", FIRST, LOOKING_OFTEN)
    with _watch(linked) as watch:
        watch.next("turn", causes="start", state="in-sync")
        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
        linked.declare("client", SECOND, LOOKING_OFTEN)
        replaced = watch.next("change", action="replace", outcome="applied")
        watch.next("turn", state="in-sync")
        assert _notifications(linked) == []

        # The provider takes the secret back; Home Assistant notices at its next refresh.
        linked.provider.register("client", WRONG, [linked.ha.redirect_uri])
        linked.ha.reload_entry(linked.entry)
        incident = watch.next("incident")
        assert "asks to be signed in again; the secret of lab was" in incident["problem"]
        _, told = incident["problem"].split("replaced at ")
        when = dt.datetime.strptime(told[:20], "%Y-%m-%d %H:%M %Z").replace(tzinfo=dt.UTC)
        # The turn had begun before its change was logged, and its minute is what is told.
        before = dt.datetime.fromisoformat(replaced["time"]) - when
        assert dt.timedelta(0) <= before < dt.timedelta(minutes=2)
        for _ in range(3):
            watch.next("turn", causes="interval")
        (shown,) = _notifications(linked)
        assert "asks to be signed in again" in shown

        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
        sign_in_again(linked.ha, linked.entry, "home.lab")
        assert watch.next("incident-over")["code"] == "reauth-after-replace"
        until(lambda: _notifications(linked) == [])
        assert linked.state() == "loaded"
        assert watch.stop() == 0
    assert len([event for event in watch.seen() if event["event"] == "incident"]) == 1


def _notifications(linked: Linked) -> list[str]:
    rows = linked.ha.api.command("persistent_notification/get")
    ours = [row for row in rows if row["notification_id"].startswith("appcreds_sync_home_")]
    return [row["message"] for row in ours]
