"""Builds the settings of the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.tree import Text
from appcreds_sync.model.manifest import WatchSettings

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Mapping

_HIGHEST_PORT = 65535


def build_watch(section: Mapping, findings: Findings) -> WatchSettings:
    """Return the settings; the schema has checked every form."""
    given: dict[str, Any] = {
        key: texts.duration(value).total_seconds() if isinstance(value, Text) else value
        for key, value in section.items()
        if key != "listen"
    }
    listen = section.get("listen")
    if isinstance(listen, Text):
        given["listen"] = _listen(listen, findings)
    return WatchSettings(**given)


def _listen(text: Text, findings: Findings) -> tuple[str, int] | None:
    if text == "off":
        return None
    host, _, port = text.rpartition(":")
    if int(port) > _HIGHEST_PORT:
        hint = "write a port from 1 to 65535"
        findings.error(text.mark, "manifest-value", "there is no such port", hint)
        return None
    return host.strip("[]"), int(port)
