"""Where things lie in a config directory of Home Assistant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.stores.directory import files

if TYPE_CHECKING:
    from pathlib import Path

CREDENTIALS_KEY = "application_credentials"
CONFIG_ENTRIES_KEY = "core.config_entries"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one config directory."""

    directory: Path

    @property
    def storage(self) -> Path:
        """What Home Assistant keeps for itself."""
        return self.directory / ".storage"

    @property
    def credentials(self) -> Path:
        """All application credentials."""
        return self.storage / CREDENTIALS_KEY

    @property
    def config_entries(self) -> Path:
        """All linked accounts, beside much else."""
        return self.storage / CONFIG_ENTRIES_KEY

    @property
    def version(self) -> Path:
        """The Home Assistant that used the directory last; written at the very first start."""
        return self.directory / ".HA_VERSION"

    @property
    def run_lock(self) -> Path:
        """Held by flock while Home Assistant 2025.10 or later runs; left behind when it ends."""
        return self.directory / ".ha_run.lock"


def locate(directory: Path) -> Layout:
    """Return the layout of `directory`.

    Raise StoreError where it is no directory, where it is somebody else's, or where a Home
    Assistant has used it and yet there is no `.storage`: then the credentials are elsewhere, or
    lost, and an empty store is a lie.
    """
    layout = Layout(directory)
    with files.failures_at(directory):
        if not directory.is_dir():
            there = "is not a directory" if directory.exists() else "does not exist"
            raise StoreError(
                Problem(
                    "directory-missing",
                    f"this {there}",
                    "name the directory that holds Home Assistant's configuration.yaml; "
                    "an empty directory will do for one that is still to start",
                    str(directory),
                )
            )
        if not layout.storage.is_dir() and (layout.version.exists() or layout.storage.exists()):
            raise StoreError(
                Problem(
                    "storage-missing",
                    "Home Assistant has used this directory, but there is no directory .storage",
                    "put .storage back from a backup, or name the directory that it is in",
                    str(directory),
                )
            )
        if not layout.storage.is_dir() and not _may_become_one(layout):
            raise StoreError(
                Problem(
                    "storage-missing",
                    "this is no config directory of Home Assistant: it holds other things, and "
                    "neither .storage nor configuration.yaml",
                    "name the directory that holds configuration.yaml, or an empty one",
                    str(directory),
                )
            )
    return layout


def _may_become_one(layout: Layout) -> bool:
    """Whether a Home Assistant could be about to start here: empty, or configured already."""
    configured = layout.directory / "configuration.yaml"
    return configured.exists() or next(layout.directory.iterdir(), None) is None


def ha_version(layout: Layout) -> str | None:
    """Return the version of Home Assistant that used the directory last; None: none ever did."""
    content = files.read(layout.version)
    if content is None:
        return None
    first_line = content.partition(b"\n")[0]
    return first_line.decode(errors="replace").strip()
