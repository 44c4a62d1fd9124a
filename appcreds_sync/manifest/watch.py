"""Builds the settings of the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.manifest import texts
from appcreds_sync.manifest.tree import Text
from appcreds_sync.model.listening import DEFAULT_LISTEN, Listen, parse_listen
from appcreds_sync.model.manifest import WatchSettings

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Mapping


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


def _listen(text: Text, findings: Findings) -> Listen:
    try:
        return parse_listen(text)
    except ValueError as error:
        hint = "write a host and a port, as in 127.0.0.1:8099, or off"
        findings.error(text.mark, "manifest-value", f"`listen`: {error}", hint)
        return DEFAULT_LISTEN
