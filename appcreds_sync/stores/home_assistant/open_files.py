"""How many connections this process may have open at once."""

from __future__ import annotations

import contextlib
import os

from appcreds_sync.model.errors import Problem, StoreUnavailable

_PLENTY = 65_536
"""More than anybody has stores. Not simply the hard limit, which can be none at all: macOS
refuses that, and a child process may try to close each one."""
_SPARE = 48
"""For the stores that are connected to at this moment (`concurrency`, 32 in `watch`), and for all
else that needs a file meanwhile: a module, the manifest, Vault, a provider."""


def make_room(where: str) -> None:
    """Let one more live store be opened: each keeps a connection while the others plan.

    Raises the soft limit of open files, often 1,024, as far as the hard one lets us. Raise
    StoreUnavailable, with `where` in it, if that is not enough.
    """
    try:
        import resource  # Windows has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _PLENTY if hard == resource.RLIM_INFINITY else min(hard, _PLENTY)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    if soft != resource.RLIM_INFINITY and _lowest_free() >= soft - _SPARE:
        raise StoreUnavailable(problem(where))


def problem(where: str) -> Problem:
    """Return what to tell a person where too few files may be open."""
    what = "this process has as many files open as it may, and each live store takes one"
    hint = (
        "raise the hard limit (`ulimit -Hn` shows it; in a systemd unit, LimitNOFILE=), "
        "or take fewer stores at a time with --store"
    )
    return Problem("store-too-many-open-files", what, hint, where)


def _lowest_free() -> float:
    """Return how many files are open: the system gives each new one the lowest number."""
    try:
        descriptor = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return float("inf")
    os.close(descriptor)
    return descriptor
