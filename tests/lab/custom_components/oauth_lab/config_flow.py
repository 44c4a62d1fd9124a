"""Linking an account of the lab's provider, and signing in to it again."""

from __future__ import annotations

import logging

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.helpers import config_entry_oauth2_flow


class LabFlow(config_entry_oauth2_flow.AbstractOAuth2FlowHandler):
    """What the flows of all siblings share; each one needs a `DOMAIN` of its own."""

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    @property
    def extra_authorize_data(self) -> dict[str, str]:
        # The provider lets nobody in who asks for nothing.
        return {"scope": "openid"}

    async def async_step_reauth(self, _entry_data):
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input=None):
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm")
        return await self.async_step_user()

    async def async_oauth_create_entry(self, data):
        if self.source != SOURCE_REAUTH:
            return await super().async_oauth_create_entry(data)
        entry = self.hass.config_entries.async_get_entry(self.context["entry_id"])
        return self.async_update_reload_and_abort(entry, data=data)


class OAuthLabFlow(LabFlow, domain="oauth_lab"):
    DOMAIN = "oauth_lab"
