"""Home Assistant killed within 10 s of a create has lost it: the next turn brings it back.

It writes the items about 10 s after the last change, and config entries after 1 s.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.contract.reading import declared, held, lab, outcomes, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.contract.live_world import LiveWorld

_WAIT_SECONDS = 20.0


def wait_until(done: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def is_written(config_dir: Path, entry_id: str) -> bool:
    return entry_id in (config_dir / ".storage" / "core.config_entries").read_text("utf-8")


def stored(config_dir: Path) -> list[str]:
    path = config_dir / ".storage" / "application_credentials"
    rows = json.loads(path.read_text("utf-8"))["data"]["items"] if path.exists() else []
    return [row.get("auth_domain") for row in rows]


@pytest.mark.parametrize("mode", ["raise", "not_ready"])
def test_it_is_created_again_and_what_broke_is_reloaded(live: LiveWorld, mode: str) -> None:
    home_assistant = live.home_assistant
    config_dir = home_assistant.config_dir
    # What an earlier test deleted would come back with the kill.
    wait_until(lambda: stored(config_dir) == [], "the empty store was not written in time")
    assert outcomes(live.sync(declared(lab()))) == {"home.lab": "applied"}
    entry = home_assistant.add_entry(
        domain="oauth_lab", auth_implementation="home.lab", title="Ann", data={"mode": mode}
    )
    wait_until(lambda: is_written(config_dir, entry), "the account was not written in time")
    home_assistant.kill()
    assert stored(config_dir) == [], "it was too late: nothing was lost"
    home_assistant.start()
    assert home_assistant.items() == []
    assert home_assistant.entry_state(entry) != "loaded"

    report = live.sync(declared(lab()))

    assert outcomes(report) == {"home.lab": "applied"}
    assert store(report).results[0].reloaded == ("Ann",)
    assert held(live) == {"home.lab": [("client", "canary-first")]}
    assert home_assistant.entry_state(entry) == "loaded"
