"""Hours of triggers, outages and rotations in compressed time: the daemon stays right, and small.

APPCREDS_SOAK_STEPS and APPCREDS_SOAK_SEED make it longer, and another one; with
`--log-cli-level=info` it says what the daemon held.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import appcreds
from tests.watch.chaos import SECRET, Chaos
from tests.watch.door import Door
from tests.watch.running import Watch, until

if TYPE_CHECKING:
    from tests.conftest import RunningHomeAssistants
    from tests.lab.openbao import SealedOpenBao
    from tests.lab.provider import Provider

_STEPS: Final = int(os.environ.get("APPCREDS_SOAK_STEPS", "160"))
_SEED: Final = int(os.environ.get("APPCREDS_SOAK_SEED", "5"))
_SETTLE_EVERY: Final = 20
_WARM: Final = 40
"""Steps after which everything that is made once has been made."""
_LONGEST_PAUSE: Final = 0.4
"""Seconds between two steps."""
_INSIDE: Final = Path(__file__).parent / "inside"


def _alive(watch: Watch, counted: Path) -> dict[str, int]:
    """Return what the daemon holds at this moment."""
    counted.unlink(missing_ok=True)
    watch.signal(signal.SIGUSR1)
    until(counted.exists)
    proc = Path(f"/proc/{watch.pid}")
    status = (proc / "status").read_text()
    memory = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    inside: dict[str, int] = json.loads(counted.read_text())
    return inside | {
        "descriptors": len(list((proc / "fd").iterdir())),
        "MiB": int(memory.split()[1]) // 1024,
    }


@pytest.mark.timeout(600 + 2 * _STEPS)
def test_it_stays_right_and_does_not_grow(
    tmp_path: Path,
    home_assistants: RunningHomeAssistants,
    sealed_vault: SealedOpenBao,
    provider: Provider,
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    folder, counted = tmp_path / "home", tmp_path / "counted.json"
    folder.mkdir()
    env = {
        "VAULT_ADDR": sealed_vault.address,
        "VAULT_TOKEN": sealed_vault.token,
        "VAULT_CACERT": str(sealed_vault.ca),
        "VAULT_MAX_RETRIES": "0",
        "PYTHONPATH": str(_INSIDE),
        "APPCREDS_TEST_COUNTED": str(counted),
    }
    with Door(home_assistant.url) as door:
        chaos = Chaos(
            folder, home_assistant, door, vault=sealed_vault, provider=provider, seed=_SEED
        )
        chaos.link(lambda: appcreds("sync", cwd=folder, env=env))
        with Watch(folder, env=env) as watch:
            watch.next("turn", causes="start", state="in-sync")
            early, late = _live_through(chaos, watch, counted)
            assert watch.stop() == 0

    logging.getLogger(__name__).info("after %d steps: %s", _WARM, early)
    logging.getLogger(__name__).info("after %d steps: %s", _STEPS, late)
    for what in ("tasks", "threads", "descriptors"):
        # Connections to Vault that wait for the next read, a file being read: what leaks at each
        # of dozens of outages is more.
        assert late[what] <= early[what] + 6, (what, early, late)
    assert late["objects"] <= early["objects"] * 1.05, (early, late)
    assert late["MiB"] <= early["MiB"] + 8, (early, late)
    assert not [event for event in watch.seen() if event["event"] == "internal-error"]
    assert not [line for line in watch.lines if SECRET in line]


def _live_through(
    chaos: Chaos, watch: Watch, counted: Path
) -> tuple[dict[str, int], dict[str, int]]:
    """Take every step, and check after each turn; return what was alive early and at the end."""
    pauses = random.Random(_SEED)  # noqa: S311 -- repeatable, not secret
    early: dict[str, int] = {}
    for number in range(1, _STEPS + 1):
        chaos.step()
        for _ in watch.turns_within(pauses.uniform(0, _LONGEST_PAUSE)):
            chaos.check()
        if number % _SETTLE_EVERY == 0:
            chaos.settle(watch)
        if number == _WARM:
            early = _alive(watch, counted)
    chaos.settle(watch)
    return early, _alive(watch, counted)
