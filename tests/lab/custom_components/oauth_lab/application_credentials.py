"""Where the provider lives: an address that the lab writes into the config folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.components.application_credentials import AuthorizationServer

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

# Nothing listens on port 9: a test that wants a provider says where it is.
_NOBODY = "http://127.0.0.1:9"


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    address = await hass.async_add_executor_job(_address, hass.config.path("oauth_lab.provider"))
    return AuthorizationServer(authorize_url=f"{address}/auth", token_url=f"{address}/token")


def _address(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return _NOBODY
