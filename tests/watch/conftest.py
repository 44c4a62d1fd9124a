"""A manifest for a running Home Assistant, in a folder of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningHomeAssistants
    from tests.lab.home_assistant import HomeAssistant

LAB = """\
  lab:
    integration: oauth_lab
    client_id: lab-client
    client_secret: !secret lab
"""
NETATMO = """\
  netatmo:
    client_id: netatmo-client
    client_secret: !secret netatmo
"""


@dataclass(frozen=True, slots=True)
class Home:
    """A folder with a manifest, and the Home Assistant that it speaks of."""

    folder: Path
    home_assistant: HomeAssistant
    url: str = ""
    """Where the manifest says that it is, if not at its own address."""

    def declare(self, *credentials: str, watch: str = "", head: str = "") -> None:
        """Write the manifest with `credentials`; `watch` are settings in flow style."""
        body = "".join(credentials)
        self.write(
            "appcreds.yaml",
            f"version: 1\nowner: home\n"
            f"stores: {{house: {{url: '{self.url or self.home_assistant.url}', "
            "token: !secret token}}\n"
            f"watch: {{listen: 'off', {watch}}}\n{head}"
            f"credentials:{' {}' if not body else ''}\n{body}",
        )

    def secrets(self, **values: str) -> None:
        """Write `secrets.yaml`, with the store's token."""
        values = {"token": self.home_assistant.token, **values}
        self.write("secrets.yaml", "".join(f"{name}: {value}\n" for name, value in values.items()))

    def write(self, name: str, text: str) -> Path:
        """Write a file as an editor does: beside it, then renamed."""
        path = self.folder / name
        beside = self.folder / f".{name}.new"
        beside.touch(mode=0o600)
        beside.write_text(text, "utf-8")
        return beside.replace(path)

    def items(self) -> dict[str, str]:
        """Return the secrets in the store, by auth domain or else id."""
        rows = self.home_assistant.items()
        return {row.get("auth_domain") or row["id"]: row["client_secret"] for row in rows}

    def is_as_declared(self, **secrets: str) -> bool:
        """Tell whether the store holds `home.<name>` with these secrets, and no more."""
        return self.items() == {f"home.{name}": secret for name, secret in secrets.items()}


def _home(folder: Path, home_assistant: HomeAssistant) -> Home:
    home = Home(folder, home_assistant)
    home.declare(LAB, NETATMO)
    home.secrets(lab="lab-1", netatmo="netatmo-1")
    return home


@pytest.fixture
def home(tmp_path: Path, home_assistant: HomeAssistant) -> Home:
    """Each Home Assistant of the lab in turn; two credentials are declared, none is there."""
    return _home(tmp_path, home_assistant)


@pytest.fixture
def pushing_home(tmp_path: Path, home_assistants: RunningHomeAssistants) -> Home:
    """One whose Home Assistant pushes changes."""
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    return _home(tmp_path, home_assistant)
