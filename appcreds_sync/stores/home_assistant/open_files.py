"""How many connections this process may have open at once."""

from __future__ import annotations

import contextlib
import os

from appcreds_sync.model.errors import Problem, StoreUnavailable

_NONE = float("inf")
_PLENTY = 65_536
"""More than anybody has stores. Not simply the hard limit, which can be none at all: macOS
refuses that, and a child process may try to close each one."""
_MANY = 4_096
"""With so many, a part can be set aside for hundreds of calls at once."""
_SPARE = 16
"""Beside the calls that are under way: for a module, the manifest, Vault, a provider."""


def calls_at_once() -> int:
    """Return how many stores may be called at once; their files are not seen to be open yet."""
    return 256 if _limit() >= _MANY else 32


def make_room(where: str) -> None:
    """Let one more live store be opened: each keeps a connection while the others plan.

    Raises the soft limit of open files, often 1,024, as far as the hard one lets us. Raise
    StoreUnavailable, with `where` in it, if that is not enough.
    """
    limit = _limit()
    if limit != _NONE and _lowest_free() >= limit - calls_at_once() - _SPARE:
        raise StoreUnavailable(problem(where))


def _limit() -> float:
    """Return how many files may be open, the limit raised as far as it goes."""
    try:
        import resource  # Windows has no such limit
    except ImportError:
        return _NONE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _PLENTY if hard == resource.RLIM_INFINITY else min(hard, _PLENTY)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return _NONE if soft == resource.RLIM_INFINITY else soft


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
        return _NONE
    os.close(descriptor)
    return descriptor
