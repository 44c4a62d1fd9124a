"""Which path shows what."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from typing import TYPE_CHECKING

from appcreds_sync.watch.web.health import healthz, readyz
from appcreds_sync.watch.web.page import page
from appcreds_sync.watch.web.server import HEALTH, Answer

if TYPE_CHECKING:
    from appcreds_sync.watch.status import Status
    from appcreds_sync.watch.web.metrics import Metrics
    from appcreds_sync.watch.web.server import Routes

_METRICS = "text/plain; version=0.0.4; charset=utf-8"


def routes(status: Status, metrics: Metrics) -> Routes:
    """Return all that is served."""
    return {
        "/": lambda: Answer(
            page(status, dt.datetime.now(tz=dt.UTC)).encode(), "text/html; charset=utf-8"
        ),
        "/status.css": lambda: _asset("status.css", "text/css; charset=utf-8"),
        "/status.js": lambda: _asset("status.js", "text/javascript; charset=utf-8"),
        "/status.svg": lambda: _asset("status.svg", "image/svg+xml"),
        HEALTH: healthz,
        "/readyz": lambda: readyz(status),
        "/metrics": lambda: Answer(metrics.text(), _METRICS),
    }


def _asset(name: str, content_type: str) -> Answer:
    file = resources.files(__package__) / "assets" / name
    return Answer(file.read_bytes(), content_type)
