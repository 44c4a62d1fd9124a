"""Runs programs in turn, and says what each run cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Program:
    """What is measured, as a whole process."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] | None = None
    """Done ahead of each run, and not measured."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost."""

    wall: float
    """Seconds from start to end."""
    cpu: float
    """Seconds of the processor, in the program and in the kernel on its behalf."""


class ProgramFailed(Exception):
    """A program that is to be measured did not do its work."""


def interleaved(
    programs: Sequence[Program], rounds: int, env: Mapping[str, str]
) -> list[list[Run]]:
    """Run each program once a round, so that a busy moment hits all; return the runs of each.

    One round more comes first and does not count: it fills caches. Raise ProgramFailed.
    """
    every = [[_run(program, env) for program in programs] for _ in range(rounds + 1)]
    return [list(runs) for runs in zip(*every[1:], strict=True)]


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Return median, lower and upper quartile of ours over theirs, taken round by round."""
    each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    if len(each) == 1:
        return each[0], each[0], each[0]
    low, median, high = statistics.quantiles(each, n=4, method="inclusive")
    return median, low, high


def median(runs: Sequence[Run]) -> Run:
    """Return the median of each figure by itself."""
    return Run(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
    )


def lowest(runs: Sequence[Run]) -> Run:
    """Return the lowest of each figure by itself: what the work costs where nothing disturbs it."""
    return Run(min(run.wall for run in runs), min(run.cpu for run in runs))


def _run(program: Program, env: Mapping[str, str]) -> Run:
    if program.before is not None:
        program.before()
    start = time.perf_counter()
    child = subprocess.Popen(
        program.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=dict(env),
    )
    assert child.stderr is not None  # it is a pipe
    said = child.stderr.read()
    # Not `child.wait`: only this tells what the one child used.
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise ProgramFailed(f"{program.name} ended with {child.returncode}:\n{said.decode()}")
    return Run(wall, usage.ru_utime + usage.ru_stime)
