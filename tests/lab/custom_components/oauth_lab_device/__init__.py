"""Sibling of oauth_lab that links by a code, which a person types at the provider."""

from custom_components.oauth_lab import async_setup_entry, async_unload_entry

__all__ = ["async_setup_entry", "async_unload_entry"]
