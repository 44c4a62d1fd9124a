"""How time and memory grow with credentials, and with stores."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from benchmarks import manifests, servers
from benchmarks.against_bare import COMMAND
from benchmarks.measuring import Program, interleaved, lowest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.against_bare import Row
    from benchmarks.measuring import Run
    from tests.lab.home_assistant import HomeAssistant

CREDENTIALS = (10, 100, 1_000, 10_000)
CREDENTIALS_HEADER = ("credentials", "`validate`", "`sync`, all created", "`plan`")
STORES = (1, 10, 100)
STORES_HEADER = ("stores", "`sync`, all created", "`plan`")
_CREDENTIALS_A_STORE = 100
_CLEAR = 99
"""How many more it takes until what each of them costs stands out from the noise."""


def credentials(
    running: HomeAssistant, folder: Path, rounds: int, env: Mapping[str, str]
) -> Sequence[Row]:
    """Measure one live store with more and more credentials."""
    measured = []
    for count in CREDENTIALS:
        path = str(manifests.write(folder / str(count), [manifests.live(running.url)], count))
        empty = functools.partial(servers.empty, running)
        programs = (
            Program("validate", (COMMAND, "validate", path)),
            Program("sync", (COMMAND, "sync", path), empty),
            Program("plan", (COMMAND, "plan", path)),
        )
        measured.append([lowest(runs) for runs in interleaved(programs, rounds, env)])
    return _rows(CREDENTIALS, measured)


def stores(
    running: HomeAssistant, folder: Path, rounds: int, env: Mapping[str, str]
) -> Sequence[Row]:
    """Measure one live store beside more and more offline ones, with 100 credentials in each."""
    measured = []
    for count in STORES:
        below = folder / str(count)
        declared = [manifests.live(running.url), *manifests.offline(below, count - 1)]
        path = str(manifests.write(below, declared, _CREDENTIALS_A_STORE))

        def empty(below: Path = below) -> None:
            servers.empty(running)
            for file in below.glob("*/.storage/application_credentials"):
                file.unlink()

        programs = (
            Program("sync", (COMMAND, "sync", path), empty),
            Program("plan", (COMMAND, "plan", path)),
        )
        measured.append([lowest(runs) for runs in interleaved(programs, rounds, env)])
    return _rows(STORES, measured)


def _rows(counts: Sequence[int], measured: Sequence[Sequence[Run]]) -> Sequence[Row]:
    """Return a row for each count: the times, and what each one more has cost."""
    first = measured[0]
    rows: list[Row] = []
    for count, runs in zip(counts, measured, strict=True):
        cells = [
            _cell(run, start, count - counts[0]) for run, start in zip(runs, first, strict=True)
        ]
        rows.append((f"{count:,}", *cells))
    return rows


def _cell(run: Run, first: Run, more: int) -> str:
    times = f"{run.wall * 1000:,.0f} / {run.cpu * 1000:,.0f} ms"
    if more < _CLEAR:
        return times
    each = (run.cpu - first.cpu) / more * 1e6
    return f"{times}, {each:,.0f} µs each"
