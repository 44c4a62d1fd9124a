"""Config directories and items for the tests of the offline store."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.manifest import DirectoryStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import NewItem
from appcreds_sync.stores.directory import open_directory_store

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from appcreds_sync.stores.interface import Store

DATA = Path(__file__).parents[1] / "data"
CAPTURED_CREDENTIALS = DATA / "ha-2026.11-application_credentials.json"
CAPTURED_ENTRIES = DATA / "ha-2026.11-core.config_entries.json"

CANARY = "canary-7f3a-secret"
STRANGER = 1234
"""A user who is neither root nor us."""
NOBODY = 65534


def config_directory(parent: Path, *, version: str | None = "2026.11.0") -> Path:
    """Make a directory as the captured Home Assistant of 2026.11 left it, stopped."""
    directory = parent / "config"
    storage = directory / ".storage"
    storage.mkdir(parents=True)
    # Content alone: the mode is Home Assistant's, not that of a checkout.
    for name, captured in (
        ("application_credentials", CAPTURED_CREDENTIALS),
        ("core.config_entries", CAPTURED_ENTRIES),
    ):
        (storage / name).write_bytes(captured.read_bytes())
        (storage / name).chmod(0o644)
    if version is not None:
        (directory / ".HA_VERSION").write_text(version)
        (directory / ".ha_run.lock").write_text("{}")
    return directory


def credentials_file(directory: Path) -> Path:
    return directory / ".storage" / "application_credentials"


def stored_items(directory: Path) -> list[dict[str, str]]:
    items: list[dict[str, str]] = json.loads(credentials_file(directory).read_bytes())["data"][
        "items"
    ]
    return items


def open_store(directory: Path, *, stopped: bool = False) -> AbstractAsyncContextManager[Store]:
    spec = DirectoryStoreSpec("cabin", directory, frozenset(), Mark("appcreds.yaml", 1, 1))
    return open_directory_store(spec, home_assistant_is_stopped=stopped)


def new_item(domain: str = "spotify", client_id: str = "an-id", name: str = "Spotify") -> NewItem:
    return NewItem(domain, client_id, Secret(CANARY), f"home.{domain}", name)


def is_root() -> bool:
    return os.geteuid() == 0
