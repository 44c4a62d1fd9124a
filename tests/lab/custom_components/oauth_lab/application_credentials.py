"""Where this integration's provider lives: an address that each test may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.components.application_credentials import AuthorizationServer

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    # Nothing listens on port 9: a test that wants a provider says where it is.
    base = hass.states.get("oauth_lab.provider")
    address = base.state if base else "http://127.0.0.1:9"
    return AuthorizationServer(authorize_url=f"{address}/auth", token_url=f"{address}/token")
