"""Finds where a mount ends, by asking Vault as its own CLI does."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from appcreds_sync.secrets.vault import read_problems
from appcreds_sync.secrets.vault.login import no_namespace

if TYPE_CHECKING:
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client


@dataclass(frozen=True, slots=True)
class Mount:
    """A KV engine."""

    path: str
    """Without a slash at either end; may have some inside."""
    version: int
    """1 or 2."""


@dataclass(slots=True)
class Mounts:
    """The mounts met in one turn: one question each, however many paths they hold."""

    client: Client
    _known: dict[str | None, list[Mount]] = field(default_factory=dict)
    """By namespace."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, namespace: str | None, path: str) -> Mount | Problem | None:
        """Return the mount of `path`, why it can't be used, or None where Vault won't tell.

        Vault allows no mount inside another, so a known mount settles every path below it.
        """
        # Held while Vault is asked: else a thousand paths would all ask about one mount.
        with self._lock:
            for mount in self._known.get(namespace, ()):
                if path.startswith(f"{mount.path}/"):
                    return mount
            found = self._ask(namespace, path)
            if isinstance(found, Mount):
                self.remember(namespace, found)
            return found

    def remember(self, namespace: str | None, mount: Mount) -> None:
        """Keep a mount that was found in another way."""
        self._known.setdefault(namespace, []).append(mount)

    def _ask(self, namespace: str | None, path: str) -> Mount | Problem | None:
        if not (namespace or "").isascii():  # an HTTP header could not carry it
            return no_namespace(namespace)
        address = f"/v1/sys/internal/ui/mounts/{quote(path)}"
        answer = self.client.ask(lambda adapter: adapter.get(address), namespace)
        if answer.mentions("namespace not found"):
            return no_namespace(namespace or self.client.connection.namespace)
        # 403: no right to anything in that mount, no such mount, or a proxy in the way (a policy
        # can't be, see the tests). 404: a Vault too old to know the question.
        if answer.status in {403, 404}:
            return None
        return _mount(answer, path)


def _mount(answer: Answer, path: str) -> Mount | Problem:
    about = answer.part("data") or {}
    mount, kind = about.get("path"), about.get("type")
    if not answer.ok or not isinstance(mount, str) or not path.startswith(mount):
        return read_problems.unexpected(path, answer)
    mount = mount.strip("/")
    if kind not in {"kv", "generic"}:  # `generic` is what the oldest KV engines are called
        return read_problems.not_kv(mount, str(kind))
    options = answer.part("data", "options") or {}
    return Mount(mount, 2 if str(options.get("version")) == "2" else 1)
