"""Linking an account as in oauth_lab."""

from custom_components.oauth_lab.config_flow import LabFlow


class OAuthLabLazyFlow(LabFlow, domain="oauth_lab_lazy"):
    DOMAIN = "oauth_lab_lazy"
