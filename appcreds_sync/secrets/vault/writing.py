"""Adds values to a KV engine, version 1 or 2; a value that is there already is never replaced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hvac.api.secrets_engines import KvV1, KvV2

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.secret import Secret
from appcreds_sync.secrets.vault import read_problems, write_problems
from appcreds_sync.secrets.vault.mounts import Mount, Mounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.reference import VaultReference
    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client

_NOTHING = 404
_FORBIDDEN = 403
_WRITTEN = frozenset({200, 204})


@dataclass(frozen=True, slots=True, repr=False)
class Write:
    """What one request writes. Has no repr: the values are secrets in clear."""

    path: str
    mount: Mount
    values: Mapping[str, Any]
    """All keys of the new version: those that are there, and those to add."""
    added: Mapping[str, Secret]
    newest: int | None
    """The version that must still be the newest, 0 for none; None for KV v1, which can't check."""

    @property
    def rest(self) -> str:
        """The path below the mount."""
        return self.path.removeprefix(f"{self.mount.path}/")


def prepare(client: Client, values: Mapping[VaultReference, Secret]) -> tuple[Write, ...]:
    """Look at each place, and return what is to be written: nothing where the value is there.

    Raise SecretsError with every place that can't be had, or that holds another value.
    """
    by_path: defaultdict[str, dict[str, Secret]] = defaultdict(dict)
    for reference, secret in values.items():
        by_path[reference.path][reference.key] = secret
    mounts = Mounts(client)
    found = [_prepare(client, mounts, path, wanted) for path, wanted in by_path.items()]
    problems = [problem for problem in found if isinstance(problem, Problem)]
    if problems:
        raise SecretsError(problems)
    return tuple(write for write in found if isinstance(write, Write))


def write(client: Client, planned: Write) -> int | None:
    """Write it, and return the version that is ours for certain; of KV v1 there is none.

    Raise SecretsError where that fails, or somebody else wrote there meanwhile.
    """
    mount, rest = planned.mount, planned.rest
    if planned.newest is None:
        answer = client.ask(
            lambda adapter: KvV1(adapter).create_or_update_secret(
                rest, dict(planned.values), method="POST", mount_point=mount.path
            )
        )
    else:
        answer = client.ask(
            lambda adapter: KvV2(adapter).create_or_update_secret(
                rest, dict(planned.values), cas=planned.newest, mount_point=mount.path
            )
        )
    if answer.status in _WRITTEN:
        return None if planned.newest is None else planned.newest + 1
    if answer.status == _FORBIDDEN:
        raise SecretsError(write_problems.forbidden(planned.path, _address(mount, rest)))
    if not answer.mentions("check-and-set"):
        # Of those that were there already too: the request held them all.
        sent = [Secret(value) for value in planned.values.values() if isinstance(value, str)]
        said = answer.without(sent)
        raise SecretsError(read_problems.unexpected(planned.path, said))
    # Was it we, in a request whose answer was lost and that was sent again? Or somebody with the
    # same value?
    if _prepare(client, Mounts(client), planned.path, planned.added) is not None:
        raise SecretsError(write_problems.changed(planned.path))
    return None


def _prepare(
    client: Client, mounts: Mounts, path: str, wanted: Mapping[str, Secret]
) -> Write | Problem | None:
    mount = mounts.find(None, path)
    if mount is None:
        return read_problems.forbidden_or_no_mount(path)
    if isinstance(mount, Problem):
        return mount
    rest = path.removeprefix(f"{mount.path}/")
    there = _there(client, mount, rest, path)
    if isinstance(there, Problem):
        return there
    values, newest = there
    occupied = [
        key for key, secret in wanted.items() if key in values and not _same(values[key], secret)
    ]
    if occupied:
        return write_problems.occupied(path, occupied[0])
    missing = {key: secret for key, secret in wanted.items() if key not in values}
    if not missing:
        return None
    clear = {key: secret.reveal() for key, secret in missing.items()}
    return Write(path, mount, {**values, **clear}, missing, newest)


def _there(
    client: Client, mount: Mount, rest: str, path: str
) -> tuple[Mapping[str, Any], int | None] | Problem:
    """Return the values of the newest version, and its number (KV v2)."""
    if mount.version == 1:
        answer = client.ask(lambda adapter: KvV1(adapter).read_secret(rest, mount_point=mount.path))
        values, newest = answer.part("data") or {}, None
    else:
        answer = client.ask(
            lambda adapter: KvV2(adapter).read_secret_version(
                rest, mount_point=mount.path, raise_on_deleted_version=True
            )
        )
        values, newest = answer.part("data", "data") or {}, _newest(answer)
        if answer.status == _FORBIDDEN:
            # Who may create but not read: version 0 is only written where there is none.
            return {}, 0
    if answer.ok or answer.status == _NOTHING:
        return values, newest
    if answer.status == _FORBIDDEN:
        return read_problems.forbidden(path, _address(mount, rest))
    return read_problems.unexpected(path, answer)


def _newest(answer: Answer) -> int:
    version = (answer.part("data", "metadata") or {}).get("version")
    return version if isinstance(version, int) else 0


def _same(value: object, secret: Secret) -> bool:
    return isinstance(value, str) and Secret(value.strip()) == secret


def _address(mount: Mount, rest: str) -> str:
    return f"{mount.path}/{rest}" if mount.version == 1 else f"{mount.path}/data/{rest}"
