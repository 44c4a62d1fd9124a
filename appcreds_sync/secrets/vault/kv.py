"""Reads one path of a KV engine, version 1 or 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hvac.api.secrets_engines import KvV1, KvV2

from appcreds_sync.model.errors import Problem
from appcreds_sync.secrets.vault import read_problems
from appcreds_sync.secrets.vault.mounts import Mount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client
    from appcreds_sync.secrets.vault.mounts import Mounts


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What one request reads."""

    namespace: str
    """Empty: that of the settings."""
    path: str
    version: int
    """0 is the newest."""


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """The keys and values at a place. Has no repr: the values are secrets in clear."""

    values: Mapping[str, object]
    version: int | None


def read(client: Client, mounts: Mounts, place: Place) -> Document | Problem:
    """Return what is at `place`, or why that can't be had. Raise SecretsError as `Client.ask`."""
    mount = mounts.find(place.namespace or None, place.path)
    if isinstance(mount, Problem):
        return mount
    if mount is None:
        return _guess(client, mounts, place)
    return _read(client, mount, place)


def _guess(client: Client, mounts: Mounts, place: Place) -> Document | Problem:
    """Read without knowing the mount: its first part, as a KV engine of either version."""
    first = place.path.partition("/")[0]
    problems: list[Problem] = []
    for version in (2, 1):
        mount = Mount(first, version)
        found = _read(client, mount, place)
        if isinstance(found, Document):
            mounts.remember(place.namespace or None, mount)
            return found
        if found.code in {"vault-version-deleted", "vault-version-destroyed"}:
            return found
        problems.append(found)
    for problem in problems:
        if problem.code not in {"vault-forbidden", "vault-version-unsupported"}:
            return problem
    return read_problems.forbidden_or_no_mount(place.path)


def _read(client: Client, mount: Mount, place: Place) -> Document | Problem:
    rest = place.path.removeprefix(f"{mount.path}/")
    if mount.version == 1:
        return _read_v1(client, mount, rest, place)
    found = _read_v2(client, mount, rest, place)
    if place.version and isinstance(found, Problem) and found.code == "vault-path-missing":
        # Vault's answer is the same for a version that never was: is there another one?
        newest = _read_v2(client, mount, rest, Place(place.namespace, place.path, 0))
        if isinstance(newest, Document) or newest.code != "vault-path-missing":
            known = newest.version if isinstance(newest, Document) else None
            return read_problems.no_version(place.path, place.version, known)
    return found


def _read_v1(client: Client, mount: Mount, rest: str, place: Place) -> Document | Problem:
    if place.version:
        return read_problems.no_versions(mount.path)
    answer = client.ask(
        lambda adapter: KvV1(adapter).read_secret(rest, mount_point=mount.path),
        place.namespace or None,
    )
    values = answer.part("data")
    if answer.ok and values is not None:
        return Document(values, None)
    return _failed(answer, mount, rest, place.path)


def _read_v2(client: Client, mount: Mount, rest: str, place: Place) -> Document | Problem:
    answer = client.ask(
        lambda adapter: KvV2(adapter).read_secret_version(
            rest,
            version=place.version or None,
            mount_point=mount.path,
            raise_on_deleted_version=True,
        ),
        place.namespace or None,
    )
    values, about = answer.part("data", "data"), answer.part("data", "metadata")
    # Values count, whatever `deletion_time` says: with `delete_version_after` it is in the future.
    if answer.ok and values is not None:
        return Document(values, _version(about))
    if about is None:
        return _failed(answer, mount, rest, f"{mount.path}/data/{rest}")
    if about.get("destroyed") is True:
        return read_problems.destroyed(place.path, place.version or _version(about))
    return read_problems.deleted(mount.path, rest, place.version or _version(about))


def _version(about: Mapping[str, Any] | None) -> int | None:
    version = (about or {}).get("version")
    return version if isinstance(version, int) else None


def _failed(answer: Answer, mount: Mount, rest: str, request_path: str) -> Problem:
    path = f"{mount.path}/{rest}"
    match answer.status:
        case 403:
            return read_problems.forbidden(path, request_path)
        case 404 if answer.mentions("no handler for route"):
            return read_problems.no_mount(path)
        case 404:
            return read_problems.no_path(mount.path, rest)
        case _:
            return read_problems.unexpected(path, answer)
