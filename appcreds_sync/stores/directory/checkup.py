"""Whether a config directory is fit for work, and what to do where it is not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from appcreds_sync.model.counting import counted
from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.finding import errors, note, ok
from appcreds_sync.stores.directory.collection import read_collection
from appcreds_sync.stores.directory.layout import ha_version, locate
from appcreds_sync.stores.directory.running import home_assistant_kept_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.model.finding import Finding
    from appcreds_sync.model.manifest import DirectoryStoreSpec
    from appcreds_sync.stores.directory.layout import Layout


def examine(spec: DirectoryStoreSpec) -> tuple[Finding, ...]:
    """Return what was found; blocks, and writes nothing."""
    area = f"store {spec.name}"
    try:
        layout = locate(spec.directory)
        number = len(read_collection(layout.credentials).items)
        version = ha_version(layout)
    except StoreError as error:
        return errors(area, error.problems)
    used = f"last used by Home Assistant {version}" if version else "no Home Assistant used it yet"
    told = ok(area, "readable", f"{spec.directory} can be read, {counted(number, 'item')}; {used}")
    return (told, *_writable(layout, area), *_stopped(layout, area))


def _writable(layout: Layout, area: str) -> Iterator[Finding]:
    folder = layout.storage if layout.storage.is_dir() else layout.directory
    if not os.access(folder, os.W_OK):
        hint = "run as the user that owns it, or as root"
        what = f"no permission to write into {folder}"
        yield from errors(area, [Problem("directory-not-writable", what, hint)])


def _stopped(layout: Layout, area: str) -> Iterator[Finding]:
    if not os.access(layout.directory, os.W_OK):
        return  # its lock could not be tried; said above
    try:
        with home_assistant_kept_out(layout, declared_stopped=False):
            yield ok(area, "stopped", "no Home Assistant runs on it")
    except StoreError as error:
        if error.problem.code == "home-assistant-unknown":
            yield note(area, error.problem.code, error.problem.what, error.problem.hint)
        else:
            yield from errors(area, error.problems)
