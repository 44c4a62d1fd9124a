"""Notices when the content of files changes, however editors, kubelets and git-sync do it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import watchfiles

from appcreds_sync.watch.background import in_thread
from appcreds_sync.watch.events import warn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STEP_MS = 100
"""How long it must be quiet, and how often watchfiles looks: nearly all that idling costs."""
_DEBOUNCE_MS = 400
_LOOK_MS = 5_000
"""Content is compared at least this often: events get lost on network file systems, and where a
directory is replaced under us."""
_POLL_SECONDS = 1.0
_MOST_BYTES = 16 * 1024 * 1024
_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What to watch."""

    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()
    """Of these, every YAML file in them but dot files, as a manifest has it."""


def digests(watched: Watched) -> Mapping[Path, bytes | None]:
    """Return a digest of each file's content; None where it can't be read."""
    paths = set(watched.files)
    for folder in watched.folders:
        with contextlib.suppress(OSError):
            paths |= {path for path in folder.iterdir() if _is_yaml(path)}
    return {path: _digest(path) for path in paths}


def directories(watched: Watched) -> frozenset[tuple[str, int]]:
    """Return each directory in which something can happen to the content, with its inode.

    A file can be another one because its own directory changes, or because a symlink on the way
    to it is swapped, in whatever directory that symlink stands; and where a directory is missing,
    because it comes.
    """
    found: set[str] = set()
    for path in watched.files:
        found |= _on_the_way(str(path))
    for folder in watched.folders:
        # As if of a file in it, so that the folder itself is one of them.
        found |= _on_the_way(str(folder / "x"))
    return frozenset(
        (directory, os.stat(directory).st_ino)  # one call for each event
        for directory in found
        if os.path.isdir(directory)
    )


async def follow(watched: Watched, before: Mapping[Path, bytes | None], *, poll: bool) -> None:
    """Return when any content is another one than `before`.

    With `poll`, no events are asked for; else they are, and where the system has none to give,
    that is said and content is compared all the same.
    """
    while await in_thread(lambda: digests(watched)) == before:
        if poll:
            await asyncio.sleep(_POLL_SECONDS)
            continue
        try:
            await _event(watched, before)
        except FileNotFoundError:
            continue  # a directory went while we were about to watch it
        except (OSError, RuntimeError) as error:
            # RuntimeError: watchfiles' own, for inotify instances that have run out.
            warn("no-file-events", error=str(error), instead="comparing every second")
            poll = True


async def _event(watched: Watched, before: Mapping[Path, bytes | None]) -> None:
    """Return when the content or a directory on the way to it is another one."""
    places = await in_thread(lambda: directories(watched))
    stop = asyncio.Event()
    events = watchfiles.awatch(
        *sorted(directory for directory, _ in places),
        watch_filter=None,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        recursive=False,
        force_polling=False,
        debug=False,
    )

    def changed() -> bool:
        return digests(watched) != before or directories(watched) != places

    stepping = asyncio.ensure_future(anext(events, None))
    try:
        # One step of the loop begins the watch; only after that may one look and then rely on it.
        await asyncio.sleep(0)
        while not await in_thread(changed):
            await stepping
            stepping = asyncio.ensure_future(anext(events, None))
    finally:
        stop.set()
        await asyncio.gather(stepping, return_exceptions=True)
        await events.aclose()


def _on_the_way(path: str) -> set[str]:
    found: set[str] = set()
    hops = 0
    head, rest = "/", [part for part in path.split("/") if part]
    while rest:
        found.discard("")
        part = rest.pop(0)
        here = os.path.join(head, part)  # `..` must be followed, not normalised
        if os.path.islink(here) and hops < 40:  # noqa: PLR2004  # as the kernel counts
            hops += 1
            found.add(head)
            target = os.readlink(here)
            rest = [step for step in target.split("/") if step] + rest
            head = "/" if target.startswith("/") else head
        elif not rest or not os.path.isdir(here):
            found.add(head)
            return found
        else:
            head = here
    return found


def _is_yaml(path: Path) -> bool:
    return path.suffix in _SUFFIXES and not path.name.startswith(".")


def _digest(path: Path) -> bytes | None:
    try:
        with open(path, "rb", opener=_open) as file:  # Path.open takes no opener
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            return hashlib.blake2b(file.read(_MOST_BYTES), digest_size=16).digest()
    except OSError:
        return None


def _open(path: str, flags: int) -> int:
    # A FIFO without a writer would block for ever.
    return os.open(path, flags | os.O_NONBLOCK)
