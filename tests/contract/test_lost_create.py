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
    from pathlib import Path

    from tests.contract.live_world import LiveWorld

_WAIT_SECONDS = 8.0


def wait_until_written(config_dir: Path, entry_id: str) -> None:
    entries = config_dir / ".storage" / "core.config_entries"
    until = time.monotonic() + _WAIT_SECONDS
    while entry_id not in entries.read_text("utf-8"):
        assert time.monotonic() < until, "the account was not written in time"
        time.sleep(0.05)


def stored(config_dir: Path) -> list[str]:
    path = config_dir / ".storage" / "application_credentials"
    rows = json.loads(path.read_text("utf-8"))["data"]["items"] if path.exists() else []
    return [row.get("auth_domain") for row in rows]


@pytest.mark.parametrize("mode", ["raise", "not_ready"])
def test_it_is_created_again_and_what_broke_is_reloaded(live: LiveWorld, mode: str) -> None:
    home_assistant = live.home_assistant
    assert outcomes(live.sync(declared(lab()))) == {"home.lab": "applied"}
    entry = home_assistant.add_entry(
        domain="oauth_lab", auth_implementation="home.lab", title="Ann", data={"mode": mode}
    )
    wait_until_written(home_assistant.config_dir, entry)
    home_assistant.kill()
    assert "home.lab" not in stored(home_assistant.config_dir), "it was too late: nothing was lost"
    home_assistant.start()
    assert home_assistant.items() == []
    assert home_assistant.entry_state(entry) != "loaded"

    report = live.sync(declared(lab()))

    assert outcomes(report) == {"home.lab": "applied"}
    assert store(report).results[0].reloaded == ("Ann",)
    assert held(live) == {"home.lab": [("client", "canary-first")]}
    assert home_assistant.entry_state(entry) == "loaded"
