"""The real servers that the benchmarks run against."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from websockets.sync.client import connect

from benchmarks.manifests import names, secret_of
from tests.lab import openbao
from tests.lab.home_assistant import HomeAssistant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = "2025.4.4"
_LARGEST_MESSAGE = 64 * 2**20
_WINDOW = 500
"""Home Assistant drops who has 4,096 answers waiting."""


@contextlib.contextmanager
def home_assistant(folder: Path) -> Iterator[HomeAssistant]:
    """Start a Home Assistant, onboard it; stop it at the end."""
    running = HomeAssistant(VERSION, folder)
    try:
        yield running.onboard()
    finally:
        running.stop()


def empty(running: HomeAssistant) -> None:
    """Delete every item."""
    ids = [item["id"] for item in running.items()]
    with connect(running.api.websocket_url, max_size=_LARGEST_MESSAGE, compression=None) as socket:
        socket.recv()
        socket.send(json.dumps({"type": "auth", "access_token": running.token}))
        socket.recv()
        for start in range(0, len(ids), _WINDOW):
            some = ids[start : start + _WINDOW]
            for number, item_id in enumerate(some, start=start + 1):
                kind = "application_credentials/delete"
                command = {"id": number, "type": kind, "application_credentials_id": item_id}
                socket.send(json.dumps(command))
            for _ in some:
                socket.recv()


@contextlib.contextmanager
def vault(folder: Path, mount: str, count: int) -> Iterator[openbao.OpenBao]:
    """Start an OpenBao with `count` secrets, each at a path of its own in a KV v2 at `mount`."""
    with openbao.start_dev(folder) as running:
        kv = running.client().secrets.kv.v2
        running.mount_kv(2, mount)
        for name in names(count):
            kv.create_or_update_secret(name, {"value": secret_of(name)}, mount_point=mount)
        yield running
