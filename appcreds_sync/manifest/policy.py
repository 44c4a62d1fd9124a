"""Builds the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.tree import Text
from appcreds_sync.model.manifest import Policy

if TYPE_CHECKING:
    from appcreds_sync.manifest.tree import Mapping


def build_policy(section: Mapping) -> Policy:
    """Return the policy; the schema has checked every value."""
    given: dict[str, Any] = {
        key: str(value) if isinstance(value, Text) else value for key, value in section.items()
    }
    settle, expires_warn = section.get("settle"), section.get("expires_warn")
    if isinstance(settle, Text):
        given["settle"] = texts.duration(settle).total_seconds()
    if isinstance(expires_warn, Text):
        given["expires_warn"] = texts.duration(expires_warn)
    return Policy(**given)
