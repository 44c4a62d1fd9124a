"""The daemon's log lines: an event and its fields, however they are written down."""

from __future__ import annotations

import logging

_LOGGER = logging.getLogger("appcreds_sync.watch")


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log `event`, words joined by hyphens, with `fields`; none of them may be a secret."""
    kept = {name: value for name, value in fields.items() if value is not None}
    _LOGGER.log(level, event, extra={"fields": kept})


def warn(event: str, **fields: object) -> None:
    """Log `event` as a warning."""
    log(event, level=logging.WARNING, **fields)
