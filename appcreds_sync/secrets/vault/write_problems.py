"""Why a value could not be written to Vault → Problem."""

from __future__ import annotations

from appcreds_sync.model.errors import Problem


def occupied(path: str, key: str) -> Problem:
    """Say that another value is there, which is not to be overwritten."""
    what = f"`{key}` at {path} in Vault holds another value, which is not overwritten"
    return Problem("vault-occupied", what, "name another path, or take that value away first")


def changed(path: str) -> Problem:
    """Say that somebody wrote there between our look and our write."""
    what = f"somebody else wrote to {path} in Vault just now, or it can't be seen what is there"
    return Problem("vault-changed", what, "look at it, then try again")


def forbidden(path: str, request_path: str) -> Problem:
    """Say which policy is missing."""
    hint = f'add to its policy: path "{request_path}" {{ capabilities = ["create", "update"] }}'
    return Problem("vault-forbidden", f"the token may not write {path} in Vault", hint)
