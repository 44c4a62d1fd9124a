"""Linking an account of a provider that nobody runs."""

from __future__ import annotations

import logging

from homeassistant.helpers import config_entry_oauth2_flow


class OAuthBrokenFlow(config_entry_oauth2_flow.AbstractOAuth2FlowHandler, domain="oauth_broken"):
    DOMAIN = "oauth_broken"

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)
