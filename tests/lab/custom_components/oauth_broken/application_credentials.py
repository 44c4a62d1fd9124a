"""A provider that nobody runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.components.application_credentials import AuthorizationServer

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    return AuthorizationServer("http://127.0.0.1:9/auth", "http://127.0.0.1:9/token")
