"""An add-on's way to Home Assistant: through the Supervisor, with its token."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.linking import LAB, PERSON, SECRET, Linking, accounts, nothing_is_left
from tests.lab.browser import MY_HOME_ASSISTANT, fill_in_forms
from tests.lab.supervisor import TOKEN, supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.provider import Provider


def _declare(desk: Desk, url: str) -> None:
    desk.declare(LAB, stores=f"house: {{url: '{url}', token: 'env://SUPERVISOR_TOKEN'}}")
    desk.secrets(lab=SECRET)


@pytest.fixture
def with_my(home_assistant: HomeAssistant) -> Iterator[HomeAssistant]:
    """Home Assistant as `default_config` sets it up: with `my`."""
    home_assistant.set_up("my")
    yield home_assistant
    home_assistant.restart()


@pytest.mark.parametrize("path", ["ws:/core/websocket", "ws:/core/api/websocket", "http:/core"])
def test_plan_sync_and_list(path: str, home_assistant: HomeAssistant, desk: Desk) -> None:
    with supervisor(home_assistant) as url:
        scheme, _, rest = path.partition(":")
        _declare(desk, f"{scheme}{url.removeprefix('http')}{rest}")
        env = {"SUPERVISOR_TOKEN": TOKEN}
        planned = desk.run("plan", "--detailed-exitcode", **env)
        synced = desk.run("sync", **env)
        listed = desk.run("list", **env)

    assert planned.code == 2, planned.printed
    assert synced.code == 0, synced.printed
    assert [item["client_id"] for item in home_assistant.items()] == ["ours"]
    assert "1 managed" in listed.stdout
    assert TOKEN not in planned.printed + synced.printed + listed.printed


def test_link_by_way_of_my_home_assistant(
    with_my: HomeAssistant, provider: Provider, desk: Desk
) -> None:
    with_my.choose_provider(provider.url)
    provider.register("ours", SECRET, [MY_HOME_ASSISTANT])
    with supervisor(with_my) as url:
        _declare(desk, f"{url}/core")
        env = {"SUPERVISOR_TOKEN": TOKEN}
        desk.run("sync", **env)
        linking = Linking(desk, env, "lab")
        fill_in_forms(linking.address(), PERSON, my=with_my.url)
        ended = linking.end()

    assert ended.code == 0, ended.stderr
    assert f"redirect URI, which the provider must know: {MY_HOME_ASSISTANT}\n" in ended.stdout
    assert "by oauth_lab/home.lab, loaded" in ended.stdout


def test_without_my_the_supervisor_keeps_the_browsers_address_to_itself(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    with supervisor(home_assistant) as url:
        _declare(desk, f"{url}/core")
        env = {"SUPERVISOR_TOKEN": TOKEN}
        desk.run("sync", **env)
        ended = desk.run("link", "lab", **env)

    assert ended.code == 1
    assert "the Supervisor's, passes no HA-Frontend-Base on: set up `my:`" in ended.stderr
    # What Home Assistant could not begin it keeps, and tells nobody the id of.
    assert accounts(home_assistant) == []


@pytest.mark.parametrize("passes_delete", [True, False])
def test_ctrl_c_during_link(passes_delete: bool, with_my: HomeAssistant, desk: Desk) -> None:
    with supervisor(with_my, passes_delete=passes_delete) as url:
        _declare(desk, f"{url}/core")
        env = {"SUPERVISOR_TOKEN": TOKEN}
        desk.run("sync", **env)
        linking = Linking(desk, env, "lab")
        linking.address()
        linking.tell(signal.SIGINT)
        ended = linking.end()

    assert ended.code == 130
    stays = "the flow stays until Home Assistant restarts" in ended.stderr
    assert stays is not passes_delete
    assert nothing_is_left(with_my) is passes_delete


def test_a_token_that_is_not_the_supervisors(home_assistant: HomeAssistant, desk: Desk) -> None:
    with supervisor(home_assistant) as url:
        _declare(desk, f"{url}/core")
        ended = desk.run("list", SUPERVISOR_TOKEN="another")

    assert ended.code == 1
    assert "Home Assistant does not accept the token" in ended.stdout


def test_half_the_way_to_the_websocket(home_assistant: HomeAssistant, desk: Desk) -> None:
    with supervisor(home_assistant) as url:
        _declare(desk, f"ws{url.removeprefix('http')}/core")
        ended = desk.run("list", SUPERVISOR_TOKEN=TOKEN)

    assert ended.code == 1
    assert "the whole path, as in ws://supervisor/core/websocket" in ended.stdout
