"""Cut off or killed between any two frames, the next turn converges, and no account is lost.

The turn under test creates, replaces in use, supersedes an item made in HA's page, and deletes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect

from tests.lab.relay import relay
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant

MANIFEST = """\
version: 1
owner: home
stores:
  house: {{url: "{url}", token: env://HA_TOKEN, timeout: 5s}}
credentials:
  rotated: {{integration: oauth_lab, client_id: rotated, client_secret: env://NEW}}
  paged:
    integration: oauth_lab
    client_id: paged
    client_secret: env://NEW
    auth_domain: {page_id}
  made: {{integration: oauth_lab, client_id: made, client_secret: env://NEW}}
"""
FIRST_CUT = 8
"""Frames before this one are the login and the first questions: nothing can have been changed."""
MOST_FRAMES = 200


class Scene:
    """A Home Assistant as somebody left it, and our manifest for it."""

    def __init__(self, home_assistant: HomeAssistant, folder: Path) -> None:
        self.ha = home_assistant
        self.folder = folder
        self.page_id = ""
        self.accounts: list[str] = []

    def set_up(self) -> None:
        self.ha.reset()
        self.ha.create_item(
            domain="oauth_lab", client_id="rotated", client_secret="old", auth_domain="home.rotated"
        )
        self.ha.create_item(
            domain="oauth_lab", client_id="gone", client_secret="old", auth_domain="home.gone"
        )
        page = self.ha.create_item(domain="oauth_lab", client_id="paged", client_secret="old")
        self.page_id = page["id"]
        self.accounts = [
            self.ha.add_entry(domain="oauth_lab", auth_implementation=key, title=key)
            for key in ("home.rotated", self.page_id)
        ]

    async def start_sync(self, url: str) -> asyncio.subprocess.Process:
        manifest = self.folder / "appcreds.yaml"
        manifest.write_text(MANIFEST.format(url=url, page_id=self.page_id))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "appcreds_sync",
            "sync",
            str(manifest),
            "--format",
            "json",
            env={**os.environ, "HA_TOKEN": self.ha.token, "NEW": "new"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    def check_converged(self) -> None:
        """One item an identity, with the new secret; the page's own item retained; all loaded."""
        rows = sorted(
            (
                item["id"] if "auth_domain" not in item else item["auth_domain"],
                item["client_secret"],
            )
            for item in self.ha.items()
        )
        assert rows == sorted(
            [
                (self.page_id, "new"),
                (self.page_id, "old"),
                ("home.made", "new"),
                ("home.rotated", "new"),
            ]
        )
        assert [self.ha.entry_state(entry) for entry in self.accounts] == ["loaded", "loaded"]


class Witness:
    """Sees each change within HA: at no moment may an identity in use be without an item."""

    def __init__(self, in_use: set[str]) -> None:
        self.violations: list[str] = []
        self._in_use = in_use
        self.told = asyncio.Event()
        self._keys: frozenset[str] = frozenset()

    async def watch(self, home_assistant: HomeAssistant) -> None:
        url = f"{home_assistant.url.replace('http', 'ws', 1)}/api/websocket"
        async with connect(url, proxy=None) as socket:
            await socket.recv()
            await socket.send(json.dumps({"type": "auth", "access_token": home_assistant.token}))
            await socket.recv()
            await socket.send(json.dumps({"id": 1, "type": "lab_tools/watch_items"}))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] != "event":
                    continue
                self._keys = frozenset(message["event"])
                self.told.set()
                if missing := self._in_use - self._keys:
                    self.violations.append(f"{missing} without an item")

    async def has_seen(self, *keys: str) -> None:
        """Wait until these are what there is."""
        async with asyncio.timeout(30):
            while self._keys != set(keys):
                self.told.clear()
                await self.told.wait()


@pytest.fixture(params=HOME_ASSISTANTS)
async def scene(
    request: pytest.FixtureRequest, home_assistants: dict[str, HomeAssistant], tmp_path: Path
) -> AsyncIterator[Scene]:
    made = Scene(home_assistants[request.param], tmp_path)
    yield made
    await asyncio.to_thread(made.ha.reset)


async def frames_of_a_whole_turn(scene: Scene) -> int:
    await asyncio.to_thread(scene.set_up)
    async with relay(scene.ha.url, at=MOST_FRAMES) as through:
        process = await scene.start_sync(through.url)
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        await asyncio.to_thread(scene.check_converged)
        return through.frames


@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["cut", "kill"])
async def test_broken_off_after_any_frame_the_next_turn_converges(scene: Scene, way: str) -> None:
    frames = await frames_of_a_whole_turn(scene)
    assert FIRST_CUT < frames < MOST_FRAMES
    for at in frames_to_break_at(scene, way, frames):
        await asyncio.to_thread(scene.set_up)
        witness = Witness({"home.rotated", scene.page_id})
        watching = asyncio.create_task(witness.watch(scene.ha))
        try:
            await witness.told.wait()
            await broken_off(scene, way, at)
            process = await scene.start_sync(scene.ha.url)
            output, errors = await process.communicate()
            assert process.returncode == 0, (at, output.decode(), errors.decode())
            await asyncio.to_thread(scene.check_converged)
            await witness.has_seen(scene.page_id, "home.made", "home.rotated")
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        assert witness.violations == [], at


def frames_to_break_at(scene: Scene, way: str, frames: int) -> range:
    """Each frame both ways; on all but the newest, to save a minute, one way or the other."""
    if scene.ha.version == max(HOME_ASSISTANTS):
        return range(FIRST_CUT, frames + 1)
    return range(FIRST_CUT + (way == "kill"), frames + 1, 2)


async def broken_off(scene: Scene, way: str, at: int) -> None:
    victims: list[int] = []

    def kill() -> None:
        os.kill(victims[0], signal.SIGKILL)

    async with relay(scene.ha.url, at=at, then=kill if way == "kill" else None) as through:
        process = await scene.start_sync(through.url)
        victims.append(process.pid)
        await process.communicate()
