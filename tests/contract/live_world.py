"""A running Home Assistant of the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.contract.world import SECRETS, AccountState, Row, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant


class LiveWorld(World):
    runs = True

    def __init__(self, folder: Path, home_assistant: HomeAssistant) -> None:
        self.home_assistant = home_assistant
        self.kind = home_assistant.version
        super().__init__(folder)

    def put_item(
        self,
        auth_domain: str | None = None,
        *,
        domain: str = "oauth_lab",
        client_id: str = "client",
        secret: str = SECRETS["first"],
        name: str | None = None,
    ) -> str:
        fields = {"domain": domain, "client_id": client_id, "client_secret": secret}
        fields |= {} if auth_domain is None else {"auth_domain": auth_domain}
        fields |= {} if name is None else {"name": name}
        return str(self.home_assistant.create_item(**fields)["id"])

    def remove_item(self, item_id: str) -> None:
        self.home_assistant.delete_item(item_id)

    def put_account(
        self,
        key: str,
        *,
        domain: str = "oauth_lab",
        state: AccountState = "loaded",
        title: str = "Ann",
    ) -> str:
        data: dict[str, Any] = {}
        if state == "setup_retry":
            data["mode"] = "not_ready"
        entry_id = self.home_assistant.add_entry(
            domain=domain,
            auth_implementation=key,
            title=title,
            source="ignore" if state == "ignored" else "user",
            disabled=state == "disabled",
            data=data,
        )
        if state in {"loaded", "setup_error", "setup_retry"} and domain == "oauth_lab":
            assert self.home_assistant.entry_state(entry_id) == state
        return entry_id

    def items(self) -> list[Row]:
        return self.home_assistant.items()

    def address(self) -> str:
        return f"{{url: '{self.home_assistant.url}', token: !secret token}}"

    def token(self) -> str:
        return self.home_assistant.token
