"""Sibling of oauth_lab that asks for more than a sign-in."""

from custom_components.oauth_lab import async_setup_entry, async_unload_entry

__all__ = ["async_setup_entry", "async_unload_entry"]
