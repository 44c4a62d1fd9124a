"""The config directory of a stopped Home Assistant; its files are written as HA writes them."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from slugify import slugify

from tests.contract.world import SECRETS, AccountState, Row, World

if TYPE_CHECKING:
    from pathlib import Path


class DirectoryWorld(World):
    kind = "directory"
    runs = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._storage = folder / "config" / ".storage"
        self._storage.mkdir(parents=True)
        # With these two a stopped Home Assistant can be told from a running one.
        (folder / "config" / ".HA_VERSION").write_text("2026.11.0")
        (folder / "config" / ".ha_run.lock").write_text("{}")
        self._accounts: list[Row] = []

    def put_item(
        self,
        auth_domain: str | None = None,
        *,
        domain: str = "oauth_lab",
        client_id: str = "client",
        secret: str = SECRETS["first"],
        name: str | None = None,
    ) -> str:
        row = {
            "id": self._free_id(slugify(f"{domain}.{client_id}", separator="_")),
            "domain": domain,
            "client_id": client_id,
            "client_secret": secret,
        }
        row |= {} if auth_domain is None else {"auth_domain": auth_domain}
        row |= {} if name is None else {"name": name}
        self._write("application_credentials", 1, {"items": [*self.items(), row]})
        return row["id"]

    def remove_item(self, item_id: str) -> None:
        left = [row for row in self.items() if row["id"] != item_id]
        self._write("application_credentials", 1, {"items": left})

    def put_account(
        self,
        key: str,
        *,
        domain: str = "oauth_lab",
        state: AccountState = "loaded",
        title: str = "Ann",
    ) -> str:
        entry_id = f"entry{len(self._accounts)}"
        self._accounts.append(
            {
                "entry_id": entry_id,
                "domain": domain,
                "title": title,
                "source": "ignore" if state == "ignored" else "user",
                "disabled_by": "user" if state == "disabled" else None,
                "data": {"auth_implementation": key},
            }
        )
        self._write("core.config_entries", 5, {"entries": self._accounts})
        return entry_id

    def items(self) -> list[Row]:
        path = self._storage / "application_credentials"
        if not path.exists():
            return []
        found: list[Row] = json.loads(path.read_bytes())["data"]["items"]
        return found

    def address(self) -> str:
        return f"{{directory: {self.folder / 'config'}}}"

    def token(self) -> str:
        return "not-needed"

    def _free_id(self, wanted: str) -> str:
        taken = {row["id"] for row in self.items()}
        numbered = (f"{wanted}_{number}" for number in itertools.count(2))
        return next(it for it in itertools.chain([wanted], numbered) if it not in taken)

    def _write(self, key: str, minor_version: int, data: Row) -> None:
        document = {"version": 1, "minor_version": minor_version, "key": key, "data": data}
        (self._storage / key).write_text(json.dumps(document, indent=2), encoding="utf-8")
