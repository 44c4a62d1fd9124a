"""Declarative application credentials for Home Assistant: a manifest in Git, secrets in Vault."""

__version__ = "0.1.0"
