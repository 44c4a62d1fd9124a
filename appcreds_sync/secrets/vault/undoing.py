"""Takes back what was just written to a KV engine of version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hvac.api.secrets_engines import KvV2

from appcreds_sync.model.errors import Problem, SecretsError

if TYPE_CHECKING:
    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client
    from appcreds_sync.secrets.vault.writing import Write

_DONE = frozenset({200, 204})


def undo(client: Client, done: Write, version: int) -> None:
    """Make the place hold what it held before `done` was written as `version`.

    Keys beside it are written once more, as the newest version; where there are none, that one
    version is deleted. Raise SecretsError where that fails, or somebody else wrote there meanwhile.
    """
    if _ask(client, done, version).status not in _DONE:
        what = f"version {version} of {done.path} in Vault could not be taken back"
        raise SecretsError(Problem("vault-not-undone", what, "look at it, and delete it by hand"))


def _ask(client: Client, done: Write, version: int) -> Answer:
    mount = done.mount.path
    before = {key: value for key, value in done.values.items() if key not in done.added}
    if before:
        return client.ask(
            lambda adapter: KvV2(adapter).create_or_update_secret(
                done.rest, before, cas=version, mount_point=mount
            )
        )
    # By its number, so that a newer one of somebody else's stays.
    return client.ask(
        lambda adapter: KvV2(adapter).delete_secret_versions(
            done.rest, [version], mount_point=mount
        )
    )
