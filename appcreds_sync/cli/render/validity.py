"""What `validate` found, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.errors import Problem

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""


def validity_text(errors: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """Return the whole document, in the shape of `schema/validate.schema.json`."""
    document = {
        "format_version": FORMAT_VERSION,
        "valid": not errors,
        "errors": [problem_data(error) for error in errors],
        "warnings": [problem_data(warning) for warning in warnings],
    }
    return json_text(document)
