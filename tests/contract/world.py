"""A store with all that surrounds it: how items and accounts get there, and the real pipeline."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, Literal

from appcreds_sync import manifest
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.reconcile.options import RunOptions
from appcreds_sync.reconcile.run import run
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appcreds_sync.model.report import Report

TODAY: Final = dt.date(2027, 1, 1)
SECRETS: Final = {"first": "canary-first", "second": "canary-second"}
"""What `!secret first` and `!secret second` stand for; a third is not there."""

AccountState = Literal["loaded", "setup_error", "setup_retry", "disabled", "ignored"]
Row = dict[str, Any]
"""An item, as Home Assistant lists it."""


class World(ABC):
    """One store, and a folder for the manifest."""

    kind: str
    """`directory`, or the Home Assistant's version."""
    runs: bool
    """Whether there is a Home Assistant that loads, reloads and refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._keep_secrets()

    @abstractmethod
    def put_item(
        self,
        auth_domain: str | None = None,
        *,
        domain: str = "oauth_lab",
        client_id: str = "client",
        secret: str = SECRETS["first"],
        name: str | None = None,
    ) -> str:
        """Make an item as somebody else would; return its id."""

    @abstractmethod
    def remove_item(self, item_id: str) -> None:
        """Take an item away behind our back."""

    @abstractmethod
    def put_account(
        self,
        key: str,
        *,
        domain: str = "oauth_lab",
        state: AccountState = "loaded",
        title: str = "Ann",
    ) -> str:
        """Link an account to the item of `key`; return the entry's id.

        `setup_error` and `setup_retry` are what an account is in whose item is gone.
        """

    @abstractmethod
    def items(self) -> list[Row]:
        """Return all items in list order."""

    @abstractmethod
    def address(self) -> str:
        """Return the store's line in a manifest."""

    @abstractmethod
    def token(self) -> str:
        """Return what the manifest's `!secret token` stands for."""

    def plan(self, text: str, **flags: Any) -> Report:
        """Plan the manifest that `text` completes; nothing is changed."""
        return self._run(text, apply=False, flags=flags)

    def sync(
        self,
        text: str,
        *,
        meanwhile: Callable[[], object] | None = None,
        **flags: Any,
    ) -> Report:
        """Sync the manifest that `text` completes.

        `meanwhile` is called between plan and apply: somebody else at work on the same store.
        """
        return self._run(text, apply=True, flags=flags, meanwhile=meanwhile)

    def write_manifest(self, text: str) -> Path:
        """Complete `text` by version, owner and this store, named `house`; return the file."""
        lines = ["version: 1"]
        if "owner:" not in text:
            lines.append("owner: home")
        if "stores:\n" not in text:
            lines += ["stores:", f"  house: {self.address()}"]
        path = self.folder / "appcreds.yaml"
        path.write_text("\n".join([*lines, text]), encoding="utf-8")
        return path

    def _keep_secrets(self) -> None:
        path = self.folder / "secrets.yaml"
        lines = [f"{name}: {value}\n" for name, value in {**SECRETS, "token": self.token()}.items()]
        path.touch(mode=0o600)
        path.write_text("".join(lines), encoding="utf-8")

    def _run(
        self,
        text: str,
        *,
        apply: bool,
        flags: dict[str, Any],
        meanwhile: Callable[[], object] | None = None,
    ) -> Report:
        catalogue = load_catalogue()
        loaded = manifest.load(self.write_manifest(text), catalogue=catalogue)
        # Some integrations here are real, and no test may trouble their providers.
        options = RunOptions(apply=apply, **{"verify": "off", **_sorted_out(flags)})
        approve = None
        if meanwhile is not None:

            def approve(_: object) -> tuple[()]:
                meanwhile()
                return ()

        with SecretReader(loaded.manifest.vault, os.environ) as reader:
            return asyncio.run(
                run(loaded.manifest, catalogue, reader, options, today=TODAY, approve=approve)
            )


def _sorted_out(flags: dict[str, Any]) -> dict[str, Any]:
    """Return the flags as RunOptions takes them, those that concern planning apart."""
    planning = {name: flags.pop(name) for name in PlanOptions.__dataclass_fields__ if name in flags}
    return flags | {"planning": PlanOptions(**planning)}
