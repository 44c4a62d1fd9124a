"""However `link` ends without an account: it says why, and leaves nothing behind."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli.link_endings import ended as explained
from appcreds_sync.model.linking import Aborted
from tests.cli.linking import FORMS, PERSON, SECRET, Linking, link, nothing_is_left
from tests.lab.browser import PageProblem, cancel, fill_in_forms, open_page
from tests.lab.supervisor import TOKEN as SUPERVISOR_TOKEN
from tests.lab.supervisor import supervisor

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.provider import Provider


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_ends_the_flow_in_home_assistant_too(
    told: signal.Signals, home_assistant: HomeAssistant, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    linking = link(home, home_assistant, "lab")
    linking.address()
    assert len(home_assistant.flows()) == 1

    linking.tell(told)

    assert linking.end().code == 130
    assert nothing_is_left(home_assistant)


def test_an_interrupt_while_the_flow_begins_waits_for_its_id(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    begins, interrupted = threading.Event(), threading.Event()

    def hold(method: str) -> None:
        if method == "POST":
            begins.set()
            interrupted.wait(60)

    with supervisor(home_assistant, before=hold) as url:
        home_with_forms.declare(FORMS, stores=f"house: {{url: '{url}/core', token: 'env://TOKEN'}}")
        linking = Linking(home_with_forms, {"TOKEN": SUPERVISOR_TOKEN}, "lab")
        assert begins.wait(60)
        linking.tell(signal.SIGINT)
        interrupted.set()
        ended = linking.end()

    assert ended.code == 130
    assert "nothing is linked" in ended.stderr
    assert nothing_is_left(home_assistant)


def test_nobody_comes_back_from_the_provider(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = link(home, home_assistant, "lab", "--timeout", "1")
    open_page(linking.address())  # and close it
    ended = linking.end()

    assert ended.code == 1
    assert "nobody came back from the provider within 1 s; link again" in ended.stderr
    assert nothing_is_left(home_assistant)


def test_cancelled_at_the_provider(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = link(home, home_assistant, "lab")
    cancel(linking.address())
    ended = linking.end()

    assert ended.code == 1
    assert (
        "user_rejected_authorize; the provider said access_denied; the sign-in was cancelled"
        in (ended.stderr)
    )
    assert nothing_is_left(home_assistant)


def test_home_assistant_restarts_meanwhile(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)

    linking = link(home, home_assistant, "lab")
    linking.address()
    home_assistant.restart()
    ended = linking.end()

    assert ended.code == 1
    assert "Home Assistant was restarted, or somebody ended the flow: link again" in ended.stderr
    assert nothing_is_left(home_assistant)


def test_ctrl_c_while_home_assistant_is_away(home_assistant: HomeAssistant, home: Desk) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    linking = link(home, home_assistant, "lab")
    linking.address()

    home_assistant.stop()
    linking.wait_for_error("waiting for it")
    linking.tell(signal.SIGINT)
    ended = linking.end()

    assert ended.code == 130
    assert "warning: the flow stays until Home Assistant restarts" in ended.stderr


def test_a_wrong_secret_shows_with_what_to_do(
    home_assistant: HomeAssistant, provider: Provider, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    provider.register("ours", "another", [home_assistant.redirect_uri])

    linking = link(home, home_assistant, "lab")
    fill_in_forms(linking.address(), PERSON)
    ended = linking.end()

    assert ended.code == 1
    assert "try appcreds-sync verify" in ended.stderr
    assert nothing_is_left(home_assistant)


def test_an_unregistered_redirect_uri_is_named(
    home_assistant: HomeAssistant, provider: Provider, home: Desk
) -> None:
    home.run("sync", TOKEN=home_assistant.token)
    provider.register("ours", SECRET, ["https://elsewhere.example.org/callback"])

    linking = link(home, home_assistant, "lab", "--timeout", "2")
    address = linking.address()
    with pytest.raises(PageProblem, match="redirect_uri"):
        fill_in_forms(address, PERSON)

    assert home_assistant.redirect_uri in linking.end().stdout


@pytest.mark.parametrize(
    ("aborted", "said"),
    [
        (Aborted("already_configured"), "already_configured; this account is linked already"),
        (Aborted("rejected", "access_denied"), "said access_denied; the sign-in was cancelled"),
        (Aborted("rejected", "invalid_scope"), "said invalid_scope; see the client's settings"),
        (Aborted("no_subscriptions"), "no_subscriptions; look into Home Assistant's log"),
    ],
)
def test_what_to_make_of_a_reason(aborted: Aborted, said: str) -> None:
    assert said in str(explained(aborted, "oauth_lab", "store house"))
