"""Linking an account as in oauth_lab."""

from custom_components.oauth_lab.config_flow import LabFlow


class OAuthLabRetryFlow(LabFlow, domain="oauth_lab_retry"):
    DOMAIN = "oauth_lab_retry"
