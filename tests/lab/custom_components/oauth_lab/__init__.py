"""An account at the lab's provider.

Integrations in the wild differ in how they take an error when they refresh the token at set-up.
This one and its siblings stand for four ways; `mode` in an entry's data overrules the domain's.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientResponseError
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_entry_oauth2_flow as oauth2

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigEntry
    from homeassistant.core import HomeAssistant

MODES = {
    "oauth_lab": "raise",
    "oauth_lab_authfail": "auth_failed",
    "oauth_lab_device": "lazy",
    "oauth_lab_forms": "raise",
    "oauth_lab_lazy": "lazy",
    "oauth_lab_retry": "not_ready",
}
"""raise: let it through. not_ready, auth_failed: say so. lazy: do not touch the token at all."""


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    mode = entry.data.get("mode", MODES[entry.domain])
    if mode == "lazy":
        return True
    try:
        implementation = await oauth2.async_get_config_entry_implementation(hass, entry)
        session = oauth2.OAuth2Session(hass, entry, implementation)
        await session.async_ensure_token_valid()
    except Exception as error:
        if mode == "raise":
            raise
        if mode == "auth_failed" and _refused(error):
            raise ConfigEntryAuthFailed(str(error)) from error
        raise ConfigEntryNotReady(str(error)) from error
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return True


def _refused(error: Exception) -> bool:
    """Tell as many integrations do: any 4xx is the person's business, even a 429."""
    return (
        isinstance(error, ClientResponseError)
        and HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
