"""Reads all references of a turn, each from its source."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, assert_never

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.reference import (
    EnvReference,
    FileReference,
    VaultReference,
    YamlSecretReference,
)
from appcreds_sync.secrets import env, file
from appcreds_sync.secrets.yaml_secrets import YamlSecrets

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.finding import Finding
    from appcreds_sync.model.manifest import VaultSettings
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.vault.client import Client
    from appcreds_sync.secrets.vault.source import VaultSource


_KEPT = 16
"""Values of one source that are remembered."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What one call of `SecretReader.read` found."""

    values: Mapping[Reference, Resolved | Problem]
    """Each reference that was asked for; what is wrong with several of them is one object."""
    warnings: tuple[Problem, ...]
    """What was read, but is not safe where it is; each once."""


class SecretReader:
    """Reads references, for one turn or for a daemon's many: a login to Vault is kept.

    A context manager, which closes the connections to Vault. `read` is synchronous, and may be
    called from any thread; calls wait for one another.
    """

    def __init__(
        self,
        vault: VaultSettings,
        environ: Mapping[str, str],
        known: Mapping[Reference, Resolved] | None = None,
    ) -> None:
        """Take where Vault is, and the environment. Nothing is opened before the first `read`.

        `known` are values that are not where their references point yet: taken as if they were.
        """
        self._settings = vault
        self._environ = environ
        self._known = known or {}
        self._vault: VaultSource | None = None
        self._lock = threading.Lock()
        self._secrets: dict[str, tuple[Secret, ...]] = {}
        self._warnings: dict[Problem, None] = {}
        self._yaml_secrets = YamlSecrets()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._vault is not None:
            self._vault.close()

    def read(self, references: Collection[Reference]) -> Readings:
        """Return the value of each reference, read now, or the problem with it.

        Vault is asked only if a reference points there. A login that fails is a problem of each of
        those references. Raise nothing for a person's mistake.
        """
        with self._lock:
            # New each time: in a daemon the files change between two turns.
            self._yaml_secrets = YamlSecrets()
            self._warnings = {}
            wanted = dict.fromkeys(references)
            in_vault = [
                item
                for item in wanted
                if isinstance(item, VaultReference) and item not in self._known
            ]
            from_vault = self._read_vault(in_vault) if in_vault else {}
            values = {item: self._value(item, from_vault) for item in wanted}
            for item, reading in values.items():
                if isinstance(reading, Resolved):
                    self._keep(str(item), reading.value)
            return Readings(values, tuple(self._warnings))

    def _value(
        self, reference: Reference, from_vault: Mapping[VaultReference, Resolved | Problem]
    ) -> Resolved | Problem:
        if reference in self._known:
            return self._known[reference]
        if isinstance(reference, VaultReference):
            return from_vault[reference]
        return self._read(reference)

    def check_vault(self, references: Collection[VaultReference]) -> tuple[Finding, ...]:
        """Return whether Vault is fit for reading `references`: address, login, token, rights."""
        with self._lock:
            return self._vault_source().checkup(references)

    def secrets(self) -> tuple[Secret, ...]:
        """Return every secret read so far, those of logins to Vault too: for the `Redactor`."""
        # A copy, not the lock: a turn that waits for Vault holds that.
        kept = tuple(self._secrets.values())
        return tuple(secret for secrets in kept for secret in secrets)

    def _read_vault(
        self, references: Collection[VaultReference]
    ) -> Mapping[VaultReference, Resolved | Problem]:
        vault = self._vault_source()
        readings = vault.read(references)
        self._warnings |= dict.fromkeys(vault.warnings())
        return readings

    def _vault_source(self) -> VaultSource:
        # hvac and requests take about 100 ms to import: not for those who keep nothing in Vault.
        from appcreds_sync.secrets.vault.source import VaultSource

        if self._vault is None:
            self._vault = VaultSource(self._settings, self._environ, self._read, self._keep)
        return self._vault

    def vault_client(self) -> Client:
        """Return a client that is logged in to Vault, for who writes there.

        Raise SecretsError where Vault can't be had.
        """
        from appcreds_sync.secrets.vault.source import VaultSource  # as above

        with self._lock:
            if self._vault is None:
                self._vault = VaultSource(self._settings, self._environ, self._read, self._keep)
            return self._vault.logged_in()

    def _read(
        self, reference: EnvReference | FileReference | YamlSecretReference
    ) -> Resolved | Problem:
        match reference:
            case EnvReference():
                return env.read(reference, self._environ)
            case FileReference():
                reading, warning = file.read(reference, self._environ)
                if warning is not None:
                    self._warnings[warning] = None
                return reading
            case YamlSecretReference():
                return self._yaml_secrets.read(reference)
            case _:
                assert_never(reference)

    def _keep(self, source: str, secret: Secret) -> None:
        """Remember for the redactor; what a source held earlier may still be echoed somewhere."""
        kept = self._secrets.get(source, ())
        if secret not in kept:
            # A daemon logs in for months; nobody echoes a token that ended long ago.
            self._secrets[source] = (*kept, secret)[-_KEPT:]
