"""Values in environment variables."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.secrets.value import accept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.reference import EnvReference


def read(reference: EnvReference, environ: Mapping[str, str]) -> Resolved | Problem:
    """Return the variable's value, or why there is none."""
    value = environ.get(reference.name)
    if value is not None:
        return accept(value, f"the variable {reference.name}")
    near = difflib.get_close_matches(reference.name, environ, n=1, cutoff=0.8)
    hint = f"did you mean {near[0]}?" if near else "set it where appcreds-sync is started"
    return Problem("env-missing", f"the variable {reference.name} is not set", hint)
