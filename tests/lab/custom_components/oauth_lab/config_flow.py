"""Linking an account of the lab's provider."""

from __future__ import annotations

import logging

from homeassistant.helpers import config_entry_oauth2_flow


class OAuthLabFlow(config_entry_oauth2_flow.AbstractOAuth2FlowHandler, domain="oauth_lab"):
    DOMAIN = "oauth_lab"

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)
