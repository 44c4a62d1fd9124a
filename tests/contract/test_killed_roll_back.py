"""Killed with a new secret under a linked account, and nobody asked the provider about it before.

The provider is certified. The next turn must judge, and go back to the old secret if that is due.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.command import PROGRAM, Ended
from tests.contract.test_rotation import (
    AUTH_FAILS,
    FIRST,
    RAISES,
    RETRIES,
    SECOND,
    WRONG,
    Linked,
    nothing_leaked,
    result,
)
from tests.lab.linking import link
from tests.lab.relay import relay

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao
    from tests.lab.provider import Provider

CREATE, DELETE, RELOAD = (
    "application_credentials/create",
    "application_credentials/delete",
    "reload_config_entry",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When the `nth` command of a kind has been passed on, or its answer has."""

    kind: str
    nth: int = 1
    answered: bool = False


class Watch:
    """Waits for a moment, frame by frame."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._seen = 0
        self._waits_for: int | None = None

    def has_come(self, frame: str | bytes) -> bool:
        read = json.loads(frame)
        return any(self._is(message) for message in (read if isinstance(read, list) else [read]))

    def _is(self, message: dict[str, Any]) -> bool:
        if message["type"] == "result":
            return bool(message["id"] == self._waits_for)
        if self._moment.kind not in {message["type"], message.get("service")}:
            return False
        self._seen += 1
        if self._seen < self._moment.nth:
            return False
        self._waits_for = message["id"]
        return not self._moment.answered


@pytest.fixture
def linked(
    home_assistant: HomeAssistant, provider: Provider, vault: OpenBao, tmp_path: Path
) -> Linked:
    return Linked(home_assistant, provider, vault, tmp_path)


async def sync_killed(linked: Linked, moment: Moment) -> None:
    """Sync, and kill -9 the process at that moment."""
    victims: list[int] = []

    def kill() -> None:
        os.kill(victims[0], signal.SIGKILL)

    async with relay(linked.ha.url, at=Watch(moment).has_come, then=kill) as through:
        manifest = linked.folder / "through.yaml"
        text = (linked.folder / "appcreds.yaml").read_text(encoding="utf-8")
        manifest.write_text(text.replace(linked.ha.url, through.url), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            "sync",
            "--verify=off",
            manifest,
            env={**os.environ, "HA_TOKEN": linked.ha.token, "VAULT_TOKEN": linked.vault.token},
            stdout=asyncio.subprocess.DEVNULL,
        )
        victims.append(process.pid)
        assert await process.wait() == -signal.SIGKILL


async def sync(linked: Linked) -> Ended:
    ended = await asyncio.to_thread(linked.sync, "--verify=off")
    nothing_leaked(ended)
    return ended


DURING_A_ROLL_BACK = {
    "reload asked for": Moment(RELOAD),
    "reloaded": Moment(RELOAD, answered=True),
    "delete asked for": Moment(DELETE),
    "deleted": Moment(DELETE, answered=True),
}


@pytest.mark.parametrize(
    ("domain", "moment"),
    [
        *((AUTH_FAILS, moment) for moment in DURING_A_ROLL_BACK),
        *((domain, moment) for domain in (RAISES, RETRIES) for moment in ("reloaded", "deleted")),
    ],
)
async def test_a_wrong_secret_is_rolled_back_by_the_next_turn(
    linked: Linked, domain: str, moment: str
) -> None:
    await asyncio.to_thread(linked.link, domain)
    linked.declare("client", WRONG)
    await sync_killed(linked, DURING_A_ROLL_BACK[moment])

    ended = await sync(linked)

    # As in test_rotation: an error that is let through says no reason.
    assert (ended.code, result(ended)["outcome"]) == (
        1,
        "deferred" if domain == RAISES else "refused",
    )
    assert (linked.items(), linked.state()) == ([("client", FIRST)], "loaded")
    assert (linked.ha.reauth_flows(linked.entry), linked.issues()) == ([], [])


def link_with_an_item_of_the_page(linked: Linked, domain: str) -> None:
    linked.domain = domain
    linked.provider.register("client", FIRST, [linked.ha.redirect_uri])
    page = linked.ha.create_item(domain=domain, client_id="client", client_secret=FIRST)
    linked.entry = link(linked.ha, linked.provider, domain, page["id"])
    linked.provider.forget_requests()


def declare_with_its_key(linked: Linked, secret: str) -> None:
    linked.declare("client", secret)
    manifest = linked.folder / "appcreds.yaml"
    (page, *_) = linked.ha.items()
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(f"{text}    auth_domain: {page['id']}\n", encoding="utf-8")


@pytest.mark.parametrize("secret", [SECOND, WRONG])
@pytest.mark.parametrize("nth", [1, 2], ids=["after the copy", "after the new item"])
async def test_a_supersede_is_taken_up_where_it_was_left(
    linked: Linked, nth: int, secret: str
) -> None:
    """The item made in the page stays as it is: only a copy tells that nobody saw the account."""
    await asyncio.to_thread(link_with_an_item_of_the_page, linked, AUTH_FAILS)
    if secret == SECOND:
        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
    declare_with_its_key(linked, secret)
    await sync_killed(linked, Moment(CREATE, nth, answered=True))
    assert linked.refreshed() == [], "the account was reloaded before the process was killed"

    ended = await sync(linked)

    works = secret == SECOND
    assert ended.code == (0 if works else 1), ended.printed
    assert result(ended)["outcome"] == ("applied" if works else "refused")
    assert set(linked.refreshed()) == ({200} if works else {401, 200})
    assert linked.state() == "loaded"
    assert (linked.ha.reauth_flows(linked.entry), linked.issues()) == ([], [])
    if not works:  # the copy is what the account went back to: it goes with the next replace
        assert linked.items() == [("client", FIRST)] * 2
        linked.provider.register("client", SECOND, [linked.ha.redirect_uri])
        declare_with_its_key(linked, SECOND)
        assert (await sync(linked)).code == 0
    assert linked.items() == [("client", FIRST), ("client", SECOND)]


async def test_a_supersede_that_is_refused_leaves_no_copy(linked: Linked) -> None:
    await asyncio.to_thread(link_with_an_item_of_the_page, linked, AUTH_FAILS)
    declare_with_its_key(linked, WRONG)
    ended = await sync(linked)
    assert (ended.code, result(ended)["outcome"]) == (1, "refused")
    assert (linked.items(), linked.state()) == ([("client", FIRST)], "loaded")
