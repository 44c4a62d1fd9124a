"""What Home Assistant Cloud would offer to a subscriber: to link an account by its own client.

By the hook that its integration uses, and under its names (homeassistant/components/cloud/
account_link.py); for the lab's own integrations, while a test wants it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from custom_components.oauth_lab.application_credentials import async_get_authorization_server
from homeassistant.core import callback
from homeassistant.helpers import config_entry_oauth2_flow as oauth2

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant


@callback
def offer(hass: HomeAssistant) -> None:
    """Do as the integration `cloud` does when it is set up."""
    oauth2.async_add_implementation_provider(hass, "cloud", _provide)


async def _provide(hass: HomeAssistant, domain: str) -> list[oauth2.AbstractOAuth2Implementation]:
    wanted = Path(hass.config.path("lab_tools.cloud"))
    if not domain.startswith("oauth_lab") or not await hass.async_add_executor_job(wanted.exists):
        return []
    server = await async_get_authorization_server(hass)
    urls = (server.authorize_url, server.token_url)
    return [_Cloud(hass, "cloud", "nabu-casa", "a secret of Nabu Casa", *urls)]


class _Cloud(oauth2.LocalOAuth2Implementation):
    @property
    def name(self) -> str:
        return "Home Assistant Cloud"
