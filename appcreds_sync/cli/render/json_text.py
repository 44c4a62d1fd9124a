"""JSON as commands print it."""

from __future__ import annotations

import json


def json_text(document: object) -> str:
    """Return `document` as indented JSON with a newline at its end.

    In ASCII, which is the same to a program: a stranger's title can't steer a terminal then.
    """
    return json.dumps(document, indent=2) + "\n"
