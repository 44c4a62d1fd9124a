"""`python -m benchmarks.watch [TRIES]`: how fast `watch` reacts, and what it costs when idle."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

from benchmarks import page, servers
from benchmarks.doors import doors
from tests.watch.running import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from websockets.sync.client import ClientConnection

    from tests.lab.home_assistant import HomeAssistant

_TRIES = 100
_IDLE_SECONDS = 60.0
_PAUSE = 2.1
"""Seconds between two tries: more often, and the daemon takes us for two tools that fight."""
_FLEETS = (1, 10, 200)


class _Observer:
    """Sees changes of the store when Home Assistant says them, over a connection of its own."""

    def __init__(self, socket: ClientConnection, token: str) -> None:
        self._socket = socket
        self._socket.recv()
        self._socket.send(json.dumps({"type": "auth", "access_token": token}))
        self._socket.recv()
        self._number = 1
        self._socket.send(json.dumps({"id": 1, "type": "application_credentials/subscribe"}))
        self._socket.recv()
        self._socket.recv()

    def until_added(self, auth_domain: str) -> float:
        """Return the monotonic time at which an item of `auth_domain` came."""
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(timeout=60))
            rows = message.get("event") or []
            if any(
                row["change_type"] == "added" and row["item"].get("auth_domain") == auth_domain
                for row in rows
            ):
                return time.monotonic()

    def delete(self, item_id: str) -> float:
        """Delete an item; return when that was sent."""
        self._number += 1
        command = {
            "id": self._number,
            "type": "application_credentials/delete",
            "application_credentials_id": item_id,
        }
        sent = time.monotonic()
        self._socket.send(json.dumps(command))
        return sent


def _manifest(addresses: Sequence[str]) -> str:
    rows = "".join(
        f"  s{number}: {{url: '{address}', token: env://TOKEN}}\n"
        for number, address in enumerate(addresses)
    )
    return (
        f"version: 1\nowner: bench\nwatch: {{listen: 'off'}}\nstores:\n{rows}"
        "credentials:\n  netatmo: {client_id: bench, client_secret: !secret s}\n"
    )


def _write(folder: Path, name: str, text: str) -> float:
    beside = folder / f".{name}"
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8")
    moment = time.monotonic()
    beside.replace(folder / name)
    return moment


def latency(running: HomeAssistant, folder: Path, tries: int) -> Iterator[tuple[str, ...]]:
    """Measure from a save, and from a deletion by somebody else, to the item in the store."""
    _write(folder, "secrets.yaml", "s: start\n")
    _write(folder, "appcreds.yaml", _manifest([running.url]))
    saved, healed = [], []
    with (
        Watch(folder, env={"TOKEN": running.token}) as watch,
        connect(running.api.websocket_url, compression=None) as socket,
    ):
        watch.next("turn", causes="start", state="in-sync")
        observer = _Observer(socket, running.token)
        for number in range(tries):
            time.sleep(_PAUSE)
            moment = _write(folder, "secrets.yaml", f"s: value-{number}\n")
            saved.append(observer.until_added("bench.netatmo") - moment)
        for _ in range(tries):
            time.sleep(_PAUSE)
            (item,) = running.items()
            moment = observer.delete(item["id"])
            healed.append(observer.until_added("bench.netatmo") - moment)
        watch.stop()
    yield ("file saved → item in Home Assistant", *_quantiles(saved))
    yield ("item deleted by somebody else → there again", *_quantiles(healed))


def idle(running: HomeAssistant, folder: Path, stores: int) -> tuple[str, ...]:
    """Measure how long a fleet takes to be taken up, and what it costs then."""
    _write(folder, "secrets.yaml", "s: start\n")
    with doors(running.url, stores) as addresses:
        _write(folder, "appcreds.yaml", _manifest(addresses))
        begun = time.monotonic()
        with Watch(folder, env={"TOKEN": running.token}) as watch:
            seen: set[str] = set()
            while len(seen) < stores:
                seen.add(watch.next("turn", state="in-sync")["store"])
            taken_up = time.monotonic() - begun
            time.sleep(2)
            before, clock = _processor_seconds(watch.pid), time.monotonic()
            time.sleep(_IDLE_SECONDS)
            share = (_processor_seconds(watch.pid) - before) / (time.monotonic() - clock)
            memory = _memory_mib(watch.pid)
            watch.stop()
    return str(stores), f"{taken_up:.1f} s", f"{share:.2%}", f"{memory:.0f} MiB"


def _quantiles(seconds: list[float]) -> tuple[str, str]:
    cuts = statistics.quantiles(seconds, n=20)
    return f"{statistics.median(seconds) * 1000:.0f} ms", f"{cuts[18] * 1000:.0f} ms"


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def main(tries: int) -> None:
    """Measure, and write both tables into docs/performance.md; no tries leave the first out."""
    with tempfile.TemporaryDirectory(prefix="appcreds-bench-") as temporary:
        folder = Path(temporary)
        with servers.home_assistant(folder / "home-assistant") as running:
            if tries:
                rows = list(latency(running, _made(folder / "latency"), tries))
                table = page.table((f"reaction, {tries} tries", "p50", "p95"), rows)
                print(table, flush=True)
                page.put("watch-latency", table)
            rows = [idle(running, _made(folder / f"idle-{count}"), count) for count in _FLEETS]
            header = ("stores", "taken up after", "processor, idle", "memory")
            table = page.table(header, rows)
            print(table, flush=True)
            page.put("watch-idle", table)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _TRIES)
