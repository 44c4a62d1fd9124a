"""Logs to stderr, in which no secret can appear."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys

_PRINT_SECRETS_AT_DEBUG = ("websockets", "requests_oauthlib", "urllib3", "hvac", "requests")
"""Measured: frames with tokens, request bodies with client secrets, URLs with codes."""


def set_up_logging(level: str) -> None:
    """Log to stderr from `level` on, and hold the talkative libraries at INFO."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    for name in _PRINT_SECRETS_AT_DEBUG:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


def set_up_watch_logging(level: str, log_format: str) -> None:
    """Log events with their fields to stderr, as `key=value` text or a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if log_format == "json" else _KeyValues())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Says that something changed, for every event of every file: where we log into a watched
    # directory, for ever.
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    set_up_logging(level)  # holds the talkative ones; with a handler there, it adds none


class _KeyValues(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, event, then `key=value`, quoted where that is needed."""
        head = f"{_time(record)} {record.levelname.lower():7} {_event(record)}"
        fields = (f"{name}={_quoted(value)}" for name, value in _fields(record).items())
        return " ".join([head, *fields])


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        head = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": _event(record),
        }
        return json.dumps(head | _fields(record), default=str)


def _time(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds")


def _event(record: logging.LogRecord) -> str:
    # A library's line is one, too; a line break in it must not look like a second event.
    return record.getMessage().replace("\n", " ")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields = getattr(record, "fields", None)
    return dict(fields) if isinstance(fields, dict) else {"logger": record.name}


_PLAIN = re.compile(r"[^\s\"=]+")


def _quoted(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
