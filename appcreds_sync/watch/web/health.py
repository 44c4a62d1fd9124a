"""`/healthz`: the daemon is alive. `/readyz`: everything it looks after is as it should be."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from appcreds_sync.watch.web.server import Answer

if TYPE_CHECKING:
    from appcreds_sync.watch.status import Status


def healthz() -> Answer:
    """Answer 200: that this runs proves that the loop turns. Never whether others answer.

    A supervisor restarts us where this fails; no Home Assistant's update may lead to that.
    """
    return Answer(b"ok\n")


def readyz(status: Status) -> Answer:
    """Answer 200, or 503 with the reasons, as JSON."""
    reasons = status.not_ready()
    body = json.dumps({"ready": not reasons, "reasons": reasons}, indent=2) + "\n"
    code = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return Answer(body.encode(), "application/json", code)
