"""Whether a Home Assistant runs on a config directory, which would undo what we write."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.stores.directory import files
from appcreds_sync.stores.directory.layout import ha_version
from appcreds_sync.stores.directory.locks import Lock, try_lock
from appcreds_sync.stores.directory.open_files import find_writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.stores.directory.layout import Layout

_FIRST_WITH_RUN_LOCK = (2025, 10)

_OWN_FILES = ("home-assistant.log*", "home-assistant_v2.db*")
"""What only Home Assistant opens for writing; other programs of a home keep files beside it too."""


@contextmanager
def home_assistant_kept_out(layout: Layout, *, declared_stopped: bool) -> Iterator[None]:
    """Make sure that no Home Assistant runs on the directory, and that none starts meanwhile.

    The second only where there is a `.ha_run.lock` to hold, so hold it for short: a Home Assistant
    that starts meanwhile exits with 1. `declared_stopped` settles what can't be found out; it never
    outweighs a Home Assistant that was found. Raise StoreError where one runs, or where that can't
    be found out.
    """
    with try_lock(layout.run_lock) as lock:
        _judge(layout, lock, declared_stopped=declared_stopped)
        yield


def _judge(layout: Layout, lock: Lock, *, declared_stopped: bool) -> None:
    if lock is Lock.THEIRS:
        raise _running(layout, "it holds .ha_run.lock")
    version = ha_version(layout)
    if lock is Lock.OURS and version is not None and _has_run_lock(version):
        return
    with files.failures_at(layout.directory):
        own_files = [path for pattern in _OWN_FILES for path in layout.directory.glob(pattern)]
    writer = find_writer(own_files)
    if writer is not None:
        raise _running(layout, f"process {writer.pid} writes to {writer.file.name}")
    if version is None or declared_stopped:
        return
    raise StoreError(
        Problem(
            "home-assistant-unknown",
            f"can't tell whether Home Assistant {version} runs on this directory",
            "stop it, and say so with --home-assistant-is-stopped",
            str(layout.directory),
        )
    )


def _has_run_lock(version: str) -> bool:
    parts = re.match(r"(\d+)\.(\d+)", version)
    return parts is not None and (int(parts[1]), int(parts[2])) >= _FIRST_WITH_RUN_LOCK


def _running(layout: Layout, evidence: str) -> StoreError:
    return StoreError(
        Problem(
            "home-assistant-running",
            f"Home Assistant runs on this directory ({evidence}), and would undo what is written",
            "stop it, or give the store `url` and `token` in place of `directory`",
            str(layout.directory),
        )
    )
