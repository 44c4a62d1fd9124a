"""An integration that can't be imported while `oauth_broken.marker` is in the config folder.

So looks an integration whose Python package is missing after an update of Home Assistant.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigEntry
    from homeassistant.core import HomeAssistant

if (Path(__file__).parents[2] / "oauth_broken.marker").exists():
    raise ImportError("No module named 'a_package_that_is_missing'")


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return True
