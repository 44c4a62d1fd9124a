"""A folder with a manifest in it, as a person has one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.command import Ended, appcreds
from tests.cli.linking import FORMS, LAB, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.provider import Provider

SPOTIFY = """\
  spotify:
    client_id: spotify-client
    client_secret: !secret spotify
"""
NETATMO = """\
  netatmo:
    client_id: netatmo-client
    client_secret: !secret netatmo
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """One directory store, `ha/`, and the files that speak of it."""

    folder: Path

    def declare(
        self,
        *credentials: str,
        stores: str = "ha: {directory: ha}",
        head: str = "",
        name: str = "appcreds.yaml",
    ) -> None:
        """Write a manifest with `credentials`; `head` are lines that stand above them."""
        body = "".join(credentials)
        block = f"credentials:\n{body}" if body else "credentials: {}\n"
        top = f"version: 1\nowner: home\nstores: {{{stores}}}\n"
        self.write(name, f"{top}{head}{block}")

    def write(self, name: str, text: str) -> Path:
        """Write a file of mode 0600 below the folder."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        return path

    def secrets(self, **values: str) -> None:
        """Write `secrets.yaml`."""
        self.write("secrets.yaml", "".join(f"{name}: {value}\n" for name, value in values.items()))

    def run(self, *arguments: str | Path, **variables: str) -> Ended:
        """Run `appcreds-sync` here, with environment variables on top."""
        return appcreds(*arguments, cwd=self.folder, env=variables)

    @property
    def storage(self) -> Path:
        """The file that Home Assistant would read."""
        return self.folder / "ha" / ".storage" / "application_credentials"

    def items(self) -> dict[str, str]:
        """Return the secrets in the store, by auth domain or else id."""
        if not self.storage.exists():
            return {}
        rows: list[dict[str, Any]] = json.loads(self.storage.read_text("utf-8"))["data"]["items"]
        return {row.get("auth_domain") or row["id"]: row["client_secret"] for row in rows}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder that declares spotify and netatmo for a directory that no HA has used yet."""
    (tmp_path / "ha").mkdir()
    made = Desk(tmp_path)
    made.declare(SPOTIFY, NETATMO)
    made.secrets(spotify="spotify-1", netatmo="netatmo-1")
    return made


@pytest.fixture
def home(home_assistant: HomeAssistant, provider: Provider, desk: Desk) -> Desk:
    """A desk with one Home Assistant, `house`, that has a credential of the provider."""
    home_assistant.choose_provider(provider.url)
    provider.register("ours", SECRET, [home_assistant.redirect_uri])
    desk.declare(LAB, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    desk.secrets(lab=SECRET)
    return desk


@pytest.fixture
def home_with_forms(home_assistant: HomeAssistant, home: Desk) -> Desk:
    """A home whose integration asks for more than a sign-in."""
    home.declare(FORMS, stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    home.run("sync", TOKEN=home_assistant.token)
    return home
