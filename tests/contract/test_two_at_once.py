"""Two syncs of one manifest, started together, on a real Home Assistant: one item an identity."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant

ROUNDS = {"2024.3.3": 12, "2025.4.4": 50}
"""By version of Home Assistant: fewer where the time is all that they would cost."""
CREDENTIALS = 6
MANIFEST = "\n".join(
    [
        "version: 1",
        "owner: home",
        'stores: {{house: {{url: "{url}", token: env://HA_TOKEN}}}}',
        "credentials:",
        *(
            f"  c{n}: {{{{integration: oauth_lab, client_id: c{n}, client_secret: env://SECRET}}}}"
            for n in range(CREDENTIALS)
        ),
    ]
)
KILLED_WITHIN_SECONDS = 0.8
"""About as long as a whole run takes: the kill falls anywhere in it."""


@pytest.mark.timeout(900)
async def test_one_item_an_identity_every_time(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    manifest = tmp_path / "appcreds.yaml"
    manifest.write_text(MANIFEST.format(url=home_assistant.url))
    chance = random.Random(20261124)  # noqa: S311  # the same kills each run
    account = await asyncio.to_thread(
        lambda: home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.c0")
    )
    for number in range(ROUNDS[home_assistant.version]):
        secret = f"secret-{number}"
        if number % 5 == 0:  # else the round replaces, one of them under a linked account
            for item in await asyncio.to_thread(home_assistant.items):
                await asyncio.to_thread(home_assistant.delete_item, item["id"])
        both = [await start(manifest, home_assistant, secret) for _ in range(2)]
        if number % 2:
            await asyncio.sleep(chance.uniform(0, KILLED_WITHIN_SECONDS))
            if both[0].returncode is None:
                both[0].kill()
        outputs = [(await process.communicate())[0].decode() for process in both]
        if number % 2:  # what the killed one left is for the next turn to mend
            process = await start(manifest, home_assistant, secret)
            outputs.append((await process.communicate())[0].decode())
        items = await asyncio.to_thread(home_assistant.items)
        found = Counter((item["auth_domain"], item["client_secret"]) for item in items)
        expected = Counter((f"home.c{n}", secret) for n in range(CREDENTIALS))
        assert found == expected, (number, outputs)
        assert await asyncio.to_thread(home_assistant.entry_state, account) == "loaded", number


async def start(
    manifest: Path, home_assistant: HomeAssistant, secret: str
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "appcreds_sync",
        "sync",
        str(manifest),
        "--max-deletes=99",
        env={**os.environ, "HA_TOKEN": home_assistant.token, "SECRET": secret},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
