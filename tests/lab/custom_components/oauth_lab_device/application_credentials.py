"""The provider of oauth_lab."""

from custom_components.oauth_lab.application_credentials import async_get_authorization_server

__all__ = ["async_get_authorization_server"]
