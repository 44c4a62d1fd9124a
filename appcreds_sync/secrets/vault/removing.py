"""Takes a value out of a KV engine, version 1 or 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hvac.api.secrets_engines import KvV1, KvV2

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.secrets.vault import kv, read_problems
from appcreds_sync.secrets.vault.kv import Place
from appcreds_sync.secrets.vault.mounts import Mount, Mounts

if TYPE_CHECKING:
    from appcreds_sync.model.reference import VaultReference
    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client
    from appcreds_sync.secrets.vault.kv import Document

_DONE = frozenset({200, 204})
_FORBIDDEN = 403


def remove(client: Client, reference: VaultReference) -> None:
    """Take the key out; with the last key goes the secret, of KV v2 its newest version alone.

    What is beside it stays, and earlier versions too; of KV v2 also what somebody else writes
    meanwhile. KV v1 can't check. Raise SecretsError where that fails.
    """
    mounts = Mounts(client)
    found = kv.read(client, mounts, Place("", reference.path, 0))
    mount = mounts.find(None, reference.path)
    if isinstance(found, Problem):
        raise SecretsError(found)
    if not isinstance(mount, Mount):
        raise SecretsError(mount or read_problems.forbidden_or_no_mount(reference.path))
    left = {key: value for key, value in found.values.items() if key != reference.key}
    answer = _ask(client, mount, reference, found, left)
    if answer.status in _DONE:
        return
    if answer.status == _FORBIDDEN:
        raise SecretsError(_forbidden(mount, reference.path, change=bool(left)))
    if answer.mentions("check-and-set"):
        what = f"{reference.path} in Vault was changed while we were at work"
        raise SecretsError(Problem("vault-changed", what, "look at it, and delete it by hand"))
    raise SecretsError(read_problems.unexpected(reference.path, answer))


def _ask(
    client: Client,
    mount: Mount,
    reference: VaultReference,
    found: Document,
    left: dict[str, object],
) -> Answer:
    rest, at = reference.path.removeprefix(f"{mount.path}/"), mount.path
    if mount.version == 1:
        if left:
            return client.ask(
                lambda adapter: KvV1(adapter).create_or_update_secret(
                    rest, left, method="POST", mount_point=at
                )
            )
        return client.ask(lambda adapter: KvV1(adapter).delete_secret(rest, mount_point=at))
    if left:
        return client.ask(
            lambda adapter: KvV2(adapter).create_or_update_secret(
                rest, left, cas=found.version, mount_point=at
            )
        )
    # By its number: the newest may be somebody else's by now.
    return client.ask(
        lambda adapter: KvV2(adapter).delete_secret_versions(
            rest, [found.version or 0], mount_point=at
        )
    )


def _forbidden(mount: Mount, path: str, *, change: bool) -> Problem:
    rest = path.removeprefix(f"{mount.path}/")
    if mount.version == 1:
        address, right = path, "update" if change else "delete"
    else:
        address, right = f"{mount.path}/{'data' if change else 'delete'}/{rest}", "update"
    lacking = f'path "{address}" {{ capabilities = ["{right}"] }}'
    what = f"the token may not {'change' if change else 'delete'} {path} in Vault"
    return Problem("vault-forbidden", what, f"delete it by hand; its policy lacks {lacking}")
