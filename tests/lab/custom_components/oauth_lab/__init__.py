"""An account at the lab's provider. `mode` in an entry's data chooses how errors come out.

Integrations in the wild differ in just this: most let the error through, some turn it into
ConfigEntryNotReady, a few load all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_entry_oauth2_flow as oauth2

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigEntry
    from homeassistant.core import HomeAssistant


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    try:
        implementation = await oauth2.async_get_config_entry_implementation(hass, entry)
        session = oauth2.OAuth2Session(hass, entry, implementation)
        await session.async_ensure_token_valid()
    except Exception as error:
        mode = entry.data.get("mode", "raise")
        if mode == "not_ready":
            raise ConfigEntryNotReady(str(error)) from error
        if mode != "load":
            raise
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return True
