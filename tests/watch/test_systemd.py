from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.watch.systemd import Systemd
from tests.cli.conftest import Desk
from tests.watch.running import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def test_each_state_is_one_message(tmp_path: Path, manager: socket.socket) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"})

    systemd.ready()
    systemd.status("2 stores as the manifest says")
    systemd.status("2 stores as the manifest says")
    systemd.reloading()
    systemd.alive()
    systemd.stopping(30)

    said = [manager.recv(1000).decode() for _ in range(5)]
    assert said[:2] == ["READY=1", "STATUS=2 stores as the manifest says"]
    assert said[2].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert said[3:] == ["WATCHDOG=1", "STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000"]
    assert systemd.watchdog_seconds == 15


def test_an_abstract_socket_is_found() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0appcreds-sync-test")
        listening.settimeout(10)
        Systemd({"NOTIFY_SOCKET": "@appcreds-sync-test"}).ready()

        assert listening.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_signs_of_life_are_for_who_asked_for_them(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert Systemd(environ).watchdog_seconds == seconds


def test_a_full_queue_is_waited_for(tmp_path: Path, manager: socket.socket) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others:
        others.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                others.sendto(b"other", str(tmp_path / "notify"))
    systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})
    saying = threading.Thread(target=systemd.ready)
    saying.start()
    said = b"other"
    while said == b"other":
        said = manager.recv(100)
    saying.join()

    assert said == b"READY=1"


def test_without_a_manager_nothing_is_sent_and_no_watchdog_wanted(tmp_path: Path) -> None:
    systemd = Systemd({})
    systemd.ready()
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()

    assert systemd.watchdog_seconds is None


def test_the_daemon_tells_it_when_it_is_ready_reloads_and_stops(
    tmp_path: Path, manager: socket.socket
) -> None:
    (tmp_path / "ha").mkdir()
    desk = Desk(tmp_path)
    desk.declare(head="watch: {listen: 'off'}\n")
    env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000000"}
    with Watch(tmp_path, env=env) as watch:
        watch.next("turn", causes="start")
        watch.signal(signal.SIGHUP)
        watch.next("turn", causes="manifest")
        assert watch.stop() == 0

    said: list[str] = []
    stopping = ""
    while not said or not said[-1].startswith("STOPPING=1"):
        first, _, stopping = manager.recv(1000).decode().partition("\n")
        said.append(first)
    assert said[-1] == "STOPPING=1"
    assert stopping == "EXTEND_TIMEOUT_USEC=40000000"  # the changes in hand, and the goodbyes
    states = [line for line in said if not line.startswith("STATUS=")]
    assert states == ["READY=1", "WATCHDOG=1", "RELOADING=1", "READY=1", "STOPPING=1"]
    assert "STATUS=1 store as the manifest says" in said
