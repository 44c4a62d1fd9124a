"""What integrations want to know beside a sign-in, asked by `link` at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.linking import PERSON, link, nothing_is_left
from tests.cli.terminal import at_terminal
from tests.lab.browser import fill_in_forms

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant


BEFORE: Final = (("region: ", "eu"), ("pin: ", "1234"), ("devices [2]: ", ""))
ROOMS: Final = ("in between): ", "attic, hall")


def _sign_in(line: str) -> None:
    if line.startswith("http"):
        fill_in_forms(line, PERSON)


def test_an_integrations_own_forms_are_asked_at_a_terminal(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    wrong_pin = (BEFORE[0], ("pin: ", "4321"), BEFORE[2])
    too_many = (("region: ", "mars"), ("region: ", "us"), BEFORE[1], ("devices [2]: ", "12"))
    right = (("region: ", "us"), BEFORE[1], ("devices [2]: ", "3"))

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=(*wrong_pin, *too_many, *right, ROOMS),
        env={"TOKEN": home_assistant.token},
        reading=_sign_in,
    )

    assert code == 0
    assert "eu  Europe" in screen
    assert "Home Assistant says: pin: wrong_pin" in screen
    assert "'mars' is none of these" in screen
    assert "Home Assistant says: devices: value must be at most 9" in screen
    assert "1234" not in screen
    assert 'linked "us, 3 devices, attic and hall" by oauth_lab_forms/home.lab, loaded' in screen


@pytest.mark.parametrize("asked", ["region: ", "pin: ", "devices [2]: ", "in between): "])
def test_ctrl_c_at_a_prompt_leaves_nothing_behind(
    asked: str, home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    prompts = (*BEFORE, ROOMS)
    before = next(place for place, (prompt, _) in enumerate(prompts) if prompt == asked)

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=(*prompts[:before], (asked, "\x03")),
        env={"TOKEN": home_assistant.token},
        reading=_sign_in,
    )

    assert code == 130
    assert "interrupted" in screen
    assert nothing_is_left(home_assistant)


def test_a_code_to_type_at_the_provider_is_shown(home_assistant: HomeAssistant, home: Desk) -> None:
    device = "  tv: {integration: oauth_lab_device, client_id: a, client_secret: !secret lab}\n"
    home.declare(device, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    home.run("sync", TOKEN=home_assistant.token)

    def type_it(line: str) -> None:
        if line == "user_code  WDJB-MJHT":
            home_assistant.type_code()

    code, screen = at_terminal(
        *("link", "tv"),
        cwd=home.folder,
        env={"TOKEN": home_assistant.token},
        reading=type_it,
    )

    assert code == 0
    assert screen.count("WDJB-MJHT") == 1
    assert 'linked "A device" by oauth_lab_device/home.tv, loaded' in screen


def test_without_a_terminal_it_says_where_to_go_on(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    ended = link(home_with_forms, home_assistant, "lab").end()

    assert ended.code == 1
    assert "wants more than a sign-in (user: region, pin, devices)" in ended.stderr
    assert "Add integration), where you choose lab" in ended.stderr
    assert nothing_is_left(home_assistant)


def test_the_only_one_left_is_not_taken_for_ours(
    home_assistant: HomeAssistant, home_with_forms: Desk
) -> None:
    home_assistant.offer_cloud()

    def answer(prompt: str) -> None:
        # Home Assistant asks which one only where there are several.
        if prompt.startswith("oauth_lab_forms wants to know (user)"):
            (item,) = home_assistant.items()
            home_assistant.delete_item(item["id"])

    code, screen = at_terminal(
        *("link", "lab"),
        cwd=home_with_forms.folder,
        answers=BEFORE,
        env={"TOKEN": home_assistant.token},
        reading=answer,
    )

    assert code == 1
    assert "would link by the client nabu-casa; oauth_lab_forms/home.lab has just gone" in screen
    assert "sign in" not in screen
    assert nothing_is_left(home_assistant)
