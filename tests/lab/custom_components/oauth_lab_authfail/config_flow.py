"""Linking an account as in oauth_lab."""

from custom_components.oauth_lab.config_flow import LabFlow


class OAuthLabAuthfailFlow(LabFlow, domain="oauth_lab_authfail"):
    DOMAIN = "oauth_lab_authfail"
