"""Each job beside a bare script that does the same, run in turn by the same interpreter."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import manifests, servers
from benchmarks.measuring import Program, interleaved, median, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.lab.home_assistant import HomeAssistant

COMMAND = str(Path(sys.executable).with_name("appcreds-sync"))
HEADER = ("job", "ours", "bare", "**ratio** (quartiles)", "of processor time", "aim")
_HERE = Path(__file__).parent
_SIZES = {10: None, 1_000: 1.5, 10_000: None}
"""Numbers of credentials, each with the aim that was set for it."""
_SECRETS = 1_000
_MOUNT = "kv/bench"

Row = tuple[str, ...]


def start_up(rounds: int, env: Mapping[str, str]) -> Row:
    """Measure `--help` beside the import of the library that it is made with."""
    ours = Program("--help", (COMMAND, "--help"))
    bare = Program("import click", (sys.executable, "-c", "import click"))
    return _row("`--help`, beside `import click`", ours, bare, rounds, env, aim=1.2)


def live(
    running: HomeAssistant, folder: Path, rounds: int, env: Mapping[str, str]
) -> Iterator[Row]:
    """Measure creates, then a plan with nothing to do, on a real Home Assistant."""
    script = str(_HERE / "bare_live.py")
    empty = functools.partial(servers.empty, running)
    for count, aim in _SIZES.items():
        path = str(manifests.write(folder / str(count), [manifests.live(running.url)], count))
        for action, before, what in (
            ("sync", empty, f"`sync`, {count:,} creates"),
            ("plan", None, f"`plan`, {count:,} credentials, nothing to do"),
        ):
            ours = Program(action, (COMMAND, action, path), before)
            bare = Program(f"bare {action}", (sys.executable, script, action, path), before)
            yield _row(what, ours, bare, rounds, env, aim=aim)


def vault(folder: Path, rounds: int, env: Mapping[str, str]) -> Row:
    """Measure 1,000 secrets at 1,000 paths of a real OpenBao."""
    with servers.vault(folder / "openbao", _MOUNT, _SECRETS) as running:
        env = {**env, "VAULT_ADDR": running.address, "VAULT_TOKEN": running.token}
        store = manifests.offline(folder, 1)
        path = str(manifests.write(folder, store, _SECRETS, vault=_MOUNT))
        script = str(_HERE / "bare_vault.py")
        interleaved([Program("sync", (COMMAND, "sync", path))], 0, env)
        return _row(
            f"`plan`, {_SECRETS:,} secrets at {_SECRETS:,} paths, nothing to do",
            Program("plan", (COMMAND, "plan", path)),
            Program("bare vault", (sys.executable, script, path)),
            rounds,
            env,
            aim=1.5,
        )


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return what the programs see: nothing of the person's own settings."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}


def _row(  # noqa: PLR0913  # what stands in a row
    job: str,
    ours: Program,
    bare: Program,
    rounds: int,
    env: Mapping[str, str],
    *,
    aim: float | None = None,
) -> Row:
    ours_runs, bare_runs = interleaved([ours, bare], rounds, env)
    mine, other = median(ours_runs), median(bare_runs)
    wall, low, high = ratios([run.wall for run in ours_runs], [run.wall for run in bare_runs])
    cpu, _, _ = ratios([run.cpu for run in ours_runs], [run.cpu for run in bare_runs])
    return (
        job,
        f"{mine.wall * 1000:,.0f} / {mine.cpu * 1000:,.0f} ms",
        f"{other.wall * 1000:,.0f} / {other.cpu * 1000:,.0f} ms",
        f"**{wall:.2f}** ({low:.2f} to {high:.2f})",
        f"{cpu:.2f}",
        "" if aim is None else f"≤ {aim}: {'met' if wall <= aim else 'missed'}",
    )
