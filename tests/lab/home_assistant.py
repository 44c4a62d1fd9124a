"""A real Home Assistant, from its first start to the last."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any, Final, Self

from tests.lab import environments, ports, processes
from tests.lab.api import Api, answers
from tests.lab.onboarding import add_user, onboard
from tests.lab.versions import HOME_ASSISTANTS

_HERE: Final = Path(__file__).parent
_CONFIGURATION: Final = """\
http:
  server_host: {host}
  server_port: {port}
frontend:
config:
application_credentials:
lab_tools:
logger:
  default: info
"""


class HomeAssistant:
    """One Home Assistant on loopback, with a config folder and a port of its own.

    Every method waits until it is done; call them by `asyncio.to_thread` where a loop must go on.
    """

    def __init__(self, version: str, folder: Path) -> None:
        """Lay out the config folder below `folder`, and start without waiting.

        Raise PythonMissing when the Python that this version needs can't be had.
        """
        self.version = version
        self.config_dir = folder / "config"
        self.log = folder / "home-assistant.log"
        self.token = ""
        self.user_token = ""
        self._port = ports.free_port()
        self._python = environments.build(HOME_ASSISTANTS[version]) / "bin" / "python"
        self._kept_entries: frozenset[str] = frozenset()
        self._lay_out()
        self._process = self._launch()

    @property
    def url(self) -> str:
        return f"http://{ports.LOOPBACK}:{self._port}"

    @property
    def api(self) -> Api:
        """Its API in the name of the admin."""
        return Api(self.url, self.token)

    @property
    def running(self) -> bool:
        return self._process.running

    def onboard(self) -> Self:
        """Wait for the first start, go through onboarding, and make both tokens."""
        self._process.wait_until(lambda: answers(f"{self.url}/api/onboarding"))
        self.token = onboard(self.url)
        self.user_token = add_user(self.api)
        self._wait_ready()
        self._kept_entries = frozenset(entry["entry_id"] for entry in self.entries())
        return self

    def start(self) -> None:
        """Start it unless it runs, and wait until it has started in full."""
        if not self.running:
            self._process = self._launch()
        self._wait_ready()

    def stop(self) -> None:
        """End it as a person would; it writes its storage first."""
        self._process.stop()

    def kill(self) -> None:
        """End it as a power cut would; what it has not written is lost."""
        self._process.kill()

    def restart(self) -> None:
        """Stop, then start."""
        self.stop()
        self.start()

    def reset(self) -> None:
        """Take away what a test left: config entries, flows, items, the choice of a provider."""
        for wish in (self._provider_file, self._cloud_file, self._typed_file):
            wish.unlink(missing_ok=True)
        if self.broken_marker.exists():
            self.broken_marker.unlink()
            self.stop()
        self.start()
        for entry in self.entries():
            if entry["entry_id"] not in self._kept_entries:
                self.remove_entry(entry["entry_id"])
        for flow_id in self.flows():
            self.api.rest("DELETE", f"config/config_entries/flow/{flow_id}")
        for item in self.items():
            self.delete_item(item["id"])

    @property
    def broken_marker(self) -> Path:
        """While this file exists, `oauth_broken` can't be imported; takes a restart to be seen."""
        return self.config_dir / "oauth_broken.marker"

    def items(self) -> list[dict[str, Any]]:
        """Return the store's items as Home Assistant lists them, secrets included."""
        found: list[dict[str, Any]] = self.api.command("application_credentials/list")
        return found

    def create_item(self, **fields: str) -> dict[str, Any]:
        """Create an item as a person does on Home Assistant's own page."""
        item: dict[str, Any] = self.api.command("application_credentials/create", **fields)
        return item

    def delete_item(self, item_id: str) -> None:
        self.api.command("application_credentials/delete", application_credentials_id=item_id)

    def add_entry(
        self,
        *,
        domain: str,
        auth_implementation: str,
        title: str = "An account",
        source: str = "user",
        disabled: bool = False,
        data: dict[str, Any] | None = None,
    ) -> str:
        """Link an account without a provider; return the entry's id once its set-up has ended.

        `data` comes on top of a token that is good for an hour.
        """
        token = {
            "access_token": "an-access-token",
            "refresh_token": "a-refresh-token",
            "token_type": "Bearer",
            "expires_in": 3600,
            "expires_at": time.time() + 3600,
        }
        made = self.api.command(
            "lab_tools/add_entry",
            domain=domain,
            title=title,
            source=source,
            disabled=disabled,
            data={"auth_implementation": auth_implementation, "token": token} | (data or {}),
        )
        entry_id: str = made["entry_id"]
        return entry_id

    def remove_entry(self, entry_id: str) -> None:
        self.api.rest("DELETE", f"config/config_entries/entry/{entry_id}")

    def entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.command("config_entries/get")
        return found

    def entry(self, entry_id: str) -> dict[str, Any]:
        """Return it as Home Assistant lists it. Raise KeyError for an unknown one."""
        return {entry["entry_id"]: entry for entry in self.entries()}[entry_id]

    def entry_state(self, entry_id: str) -> str:
        """Return for example "loaded" or "setup_retry". Raise KeyError for an unknown entry."""
        return str(self.entry(entry_id)["state"])

    def item_of_entry(self, entry_id: str) -> str | None:
        """Return the id of the item that Home Assistant says the entry uses."""
        answer = self.api.command("application_credentials/config_entry", config_entry_id=entry_id)
        item_id: str | None = answer.get("application_credentials_id")
        return item_id

    def reload_entry(self, entry_id: str) -> dict[str, Any]:
        """Set the entry up anew; return it as it is then, with its `state` and `reason`."""
        self.api.rest("POST", f"config/config_entries/entry/{entry_id}/reload")
        return self.entry(entry_id)

    def flows(self) -> list[str]:
        """Return the ids of all flows in progress, also of those that a person began."""
        found: list[str] = self.api.command("lab_tools/flows")
        return found

    def reauth_flows(self, entry_id: str) -> list[dict[str, Any]]:
        """Return the flows in which Home Assistant asks the person to sign in again."""
        return [
            flow
            for flow in self.api.command("config_entries/flow/progress")
            if flow["context"].get("entry_id") == entry_id and flow["context"]["source"] == "reauth"
        ]

    @property
    def redirect_uri(self) -> str:
        """What a client must have registered at its provider."""
        return f"{self.url}/auth/external/callback"

    def choose_provider(self, url: str) -> None:
        """Tell `oauth_lab` and its siblings where their provider is, until a reset."""
        self._provider_file.write_text(url, encoding="utf-8")

    def set_up(self, domain: str) -> None:
        """Set an integration up that configuration.yaml does not name, until a restart."""
        assert self.api.command("lab_tools/set_up", domain=domain) is True

    def offer_cloud(self) -> None:
        """Let Home Assistant Cloud be one way to link the lab's accounts, until a reset."""
        self._cloud_file.touch()

    def type_code(self) -> None:
        """Do what `oauth_lab_device` waits for, until a reset: type its code at the provider."""
        self._typed_file.touch()

    @property
    def _cloud_file(self) -> Path:
        return self.config_dir / "lab_tools.cloud"

    @property
    def _typed_file(self) -> Path:
        return self.config_dir / "oauth_lab.typed"

    @property
    def _provider_file(self) -> Path:
        return self.config_dir / "oauth_lab.provider"

    def _lay_out(self) -> None:
        self.config_dir.mkdir(parents=True)
        configuration = _CONFIGURATION.format(host=ports.LOOPBACK, port=self._port)
        (self.config_dir / "configuration.yaml").write_text(configuration, encoding="utf-8")
        shutil.copytree(_HERE / "custom_components", self.config_dir / "custom_components")

    def _launch(self) -> processes.Process:
        # No test of ours may reach a provider: see loopback_only/sitecustomize.py.
        env = os.environ | {
            "PYTHONPATH": str(_HERE / "loopback_only"),
            "HOME": str(self.log.parent),
        }
        options = ["--skip-pip", "--config", str(self.config_dir)]
        return processes.Process([self._python, "-m", "homeassistant", *options], self.log, env)

    def _wait_ready(self) -> None:
        def started() -> bool:
            if not answers(f"{self.url}/api/"):
                return False
            return bool(self.api.rest("GET", "config")["state"] == "RUNNING")

        self._process.wait_until(started)
