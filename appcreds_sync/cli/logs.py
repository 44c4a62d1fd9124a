"""Logs to stderr, in which no secret can appear."""

from __future__ import annotations

import logging

_PRINT_SECRETS_AT_DEBUG = ("websockets", "requests_oauthlib", "urllib3", "hvac", "requests")
"""Measured: frames with tokens, request bodies with client secrets, URLs with codes."""


def set_up_logging(level: str) -> None:
    """Log to stderr from `level` on, and hold the talkative libraries at INFO."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    for name in _PRINT_SECRETS_AT_DEBUG:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
