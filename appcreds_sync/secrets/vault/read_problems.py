"""Why one path could not be read → Problem."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from appcreds_sync.secrets.vault.answer import Answer

_MOST_KEYS = 10


def no_mount(path: str) -> Problem:
    """Say that no secret engine is mounted there."""
    what = f"no secret engine is mounted at the beginning of {path} in Vault"
    hint = "correct the path; vault secrets list shows the mounts"
    return Problem("vault-mount-missing", what, hint)


def not_kv(mount: str, kind: str) -> Problem:
    """Say that the engine is of another kind."""
    what = f"the secret engine at {mount}/ is of type {kind}, not kv"
    return Problem("vault-not-kv", what, "keep the value in a KV engine, and name that path")


def no_versions(mount: str) -> Problem:
    """Say that a version was asked of KV v1."""
    what = f"the KV engine at {mount}/ is version 1, which keeps no versions"
    return Problem("vault-version-unsupported", what, "remove `?version=` from the reference")


def no_path(mount: str, rest: str) -> Problem:
    """Say that there is no secret at the path."""
    if rest.startswith("data/"):
        hint = f"leave out data/: write vault://{mount}/{rest.removeprefix('data/')}#<key>"
    else:
        hint = f"correct it, or write one: vault kv put -mount={mount} {rest} <key>=<value>"
    return Problem("vault-path-missing", f"there is nothing at {mount}/{rest} in Vault", hint)


def no_version(path: str, version: int, newest: int | None) -> Problem:
    """Say that the secret has other versions."""
    what = f"{path} in Vault has no version {version}"
    hint = f"the newest is {newest}" if newest else "vault kv metadata get lists the versions"
    return Problem("vault-version-missing", what, hint)


def deleted(mount: str, rest: str, version: int | None) -> Problem:
    """Say that the version was deleted, and can come back."""
    which = "the newest version" if version is None else f"version {version}"
    hint = f"bring it back: vault kv undelete -mount={mount} -versions={version or '<n>'} {rest}"
    return Problem("vault-version-deleted", f"{which} of {mount}/{rest} in Vault is deleted", hint)


def destroyed(path: str, version: int | None) -> Problem:
    """Say that the version is gone for good."""
    which = "the newest version" if version is None else f"version {version}"
    what = f"{which} of {path} in Vault is destroyed, for good"
    return Problem("vault-version-destroyed", what, "write a new version, or name another one")


def forbidden(path: str, request_path: str) -> Problem:
    """Say which policy is missing."""
    hint = f'add to its policy: path "{request_path}" {{ capabilities = ["read"] }}'
    return Problem("vault-forbidden", f"the token may not read {path} in Vault", hint)


def forbidden_or_no_mount(path: str) -> Problem:
    """Say what Vault does not tell apart: no right to anything in a mount, and no such mount."""
    mount, _, rest = path.partition("/")
    what = f"the token may not read {path} in Vault, or there is no such mount"
    hint = (
        f'if the mount is {mount}/, add to its policy: path "{mount}/data/{rest}" '
        f'{{ capabilities = ["read"] }} (KV v1: path "{path}")'
    )
    return Problem("vault-forbidden", what, hint)


def unexpected(path: str, answer: Answer) -> Problem:
    """Say what Vault said, for which there is no better word. Never for an answer with values."""
    what = f"Vault answered {answer.status} for {path}: {answer.said() or 'without a reason'}"
    return Problem("vault-error", what, "look into Vault's log; try again")


def no_key(path: str, key: str, keys: Collection[str]) -> Problem:
    """Say which keys there are: they are names, not secrets."""
    near = difflib.get_close_matches(key, keys, n=1)
    known = ", ".join(sorted(keys)[:_MOST_KEYS])
    more = ", …" if len(keys) > _MOST_KEYS else ""
    asked = f"did you mean `{near[0]}`? " if near else ""
    hint = f"{asked}its keys: {known}{more}" if keys else "it holds no key at all"
    return Problem("vault-key-missing", f"{path} in Vault has no key `{key}`", hint)
