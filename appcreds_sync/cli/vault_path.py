"""`--vault-path`, once the names that it stands for are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.reference import ReferenceSyntaxError, VaultReference, parse_reference

if TYPE_CHECKING:
    from pathlib import Path


def vault_reference(text: str, directory: Path) -> VaultReference:
    """Return what `vault://…` points to. Raise UsageError, which names the option, if nowhere."""
    try:
        found = parse_reference(text, directory)
    except ReferenceSyntaxError as error:
        what, _, hint = str(error).partition("; ")
        raise UsageError(Problem("bad-vault-path", f"--vault-path: {what}", hint)) from None
    assert isinstance(found, VaultReference)  # by its scheme
    return found
