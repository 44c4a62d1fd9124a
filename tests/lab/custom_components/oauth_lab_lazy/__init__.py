"""Sibling of oauth_lab that does not touch its token at set-up."""

from custom_components.oauth_lab import async_setup_entry, async_unload_entry

__all__ = ["async_setup_entry", "async_unload_entry"]
