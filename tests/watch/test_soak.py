"""Triggers and outages at random, from a seed: the daemon stays right, and does not grow."""

from __future__ import annotations

import contextlib
import random
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.lab.api import CommandFailed
from tests.watch.conftest import LAB, NETATMO
from tests.watch.door import Door
from tests.watch.running import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.watch.conftest import Home

_STEPS: Final = 240
_WARM: Final = 80
"""Steps after which everything that is made once has been made."""
_CHECK_EVERY: Final = 10
_SPARE_MIB: Final = 16


class _Chaos:
    """What people, editors, other tools and crashes do to one home."""

    def __init__(self, home: Home, watch: Watch, door: Door, seed: int) -> None:
        self._home = home
        self._door = door
        self._watch = watch
        self._random = random.Random(seed)  # noqa: S311 -- repeatable, not secret
        self._version = 0

    def step(self) -> None:
        """Do one of them."""
        self._random.choice(self._ways())()

    def settle(self) -> None:
        """Put everything right, and wait until the store is as declared."""
        self._door.open()
        self._secrets()
        self._home.declare(LAB, NETATMO)
        self._watch.signal(signal.SIGHUP)
        wanted = {"home.lab": f"lab-{self._version}", "home.netatmo": f"netatmo-{self._version}"}
        while self._ours() != wanted:
            self._watch.next("turn", state="in-sync")

    def _ways(self) -> tuple[Callable[[], object], ...]:
        home = self._home
        return (
            self._secrets,
            self._secrets,
            (home.folder / "secrets.yaml").unlink if self._has_secrets() else self._secrets,
            lambda: home.declare(LAB),
            lambda: home.declare(LAB, NETATMO),
            lambda: home.write("appcreds.yaml", "version: 1\nowner: [\n"),
            lambda: self._watch.signal(signal.SIGHUP),
            self._delete_one,
            self._make_one,
            self._door.shut,
            self._door.open,
        )

    def _has_secrets(self) -> bool:
        return (self._home.folder / "secrets.yaml").exists()

    def _secrets(self) -> None:
        self._version += 1
        self._home.secrets(lab=f"lab-{self._version}", netatmo=f"netatmo-{self._version}")

    def _delete_one(self) -> None:
        items = self._home.home_assistant.items()
        with contextlib.suppress(CommandFailed):  # the daemon may have been quicker
            self._home.home_assistant.delete_item(self._random.choice([*items, {"id": "x"}])["id"])

    def _make_one(self) -> None:
        self._home.home_assistant.create_item(
            domain="netatmo",
            client_id=f"stray-{self._random.randrange(5)}",
            client_secret="stray",
            auth_domain="home.stray",
        )

    def _ours(self) -> dict[str, str]:
        return {key: value for key, value in self._home.items().items() if key.startswith("home.")}


def _held_by(pid: int) -> dict[str, int]:
    proc = Path(f"/proc/{pid}")
    status = (proc / "status").read_text()
    memory = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return {
        "descriptors": len(list((proc / "fd").iterdir())),
        "threads": len(list((proc / "task").iterdir())),
        "MiB": int(memory.split()[1]) // 1024,
    }


@pytest.mark.timeout(600)
def test_it_stays_right_and_does_not_grow(pushing_home: Home) -> None:
    with Door(pushing_home.home_assistant.url) as door:
        home = replace(pushing_home, url=door.url)
        home.declare(LAB, NETATMO)
        _stays_right_and_does_not_grow(home, door)


def _stays_right_and_does_not_grow(home: Home, door: Door) -> None:
    with Watch(home.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        chaos = _Chaos(home, watch, door, seed=5)
        warm: dict[str, int] = {}
        for number in range(1, _STEPS + 1):
            chaos.step()
            if number % _CHECK_EVERY == 0:
                chaos.settle()
            if number == _WARM:
                warm = _held_by(watch.pid)
        chaos.settle()
        now = _held_by(watch.pid)
        assert watch.stop() == 0

    # One more for what is under way just then: a file being read, a watch being made anew.
    assert now["descriptors"] <= warm["descriptors"] + 2
    assert now["threads"] <= warm["threads"] + 2
    assert now["MiB"] <= warm["MiB"] + _SPARE_MIB
    assert not [event for event in watch.seen() if event["event"] == "internal-error"]
    assert not [line for line in watch.lines if "lab-1" in line or "netatmo-1" in line]
