"""Where an import keeps the secrets: in Vault, or in the `secrets.yaml` beside the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from appcreds_sync.cli.first_manifest import keep_out_of_git
from appcreds_sync.cli.import_report import KeptValue
from appcreds_sync.cli.safe_write import read_file, replace_file
from appcreds_sync.cli.vault_path import vault_reference
from appcreds_sync.model.errors import AppcredsError, Problem, UsageError
from appcreds_sync.model.reference import (
    VaultReference,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.reader import SecretReader
    from appcreds_sync.secrets.vault.writing import Write

_KEY = "client_secret"
_NAME = "{credential}"


class Keeper(Protocol):
    """Keeps secrets by credential name."""

    def reference(self, name: str) -> str:
        """Return what the manifest says in place of the secret of that credential."""

    def prepare(self, secrets: Mapping[str, Secret]) -> tuple[KeptValue, ...]:
        """Look at every place, and change nothing. Raise SecretsError where one is taken."""

    def write(self, done: Callable[[str], None]) -> None:
        """Write what `prepare` found missing, and tell `done` of each; raise AppcredsError."""


class VaultKeeper:
    """Keeps each secret under a path of its own, by `kv/ha/{credential}` or the like."""

    def __init__(self, template: str, store: str, reader: SecretReader, directory: Path) -> None:
        """Take the path's template, with an optional `#key`. Raise UsageError if it is none."""
        path, _, key = template.removeprefix("vault://").partition("#")
        self._template = f"vault://{path.strip('/').replace('{store}', store)}#{key or _KEY}"
        self._directory = directory
        self._reader = reader
        self._writes: tuple[Write, ...] = ()
        if _NAME not in template or "?" in template:
            what = f"--vault-path must hold {_NAME}, which stands for the credential's name"
            raise UsageError(Problem("bad-vault-path", what, f"write kv/ha/{_NAME}, say"))
        self._parsed("name")

    def reference(self, name: str) -> str:
        """As the protocol says."""
        return str(self._parsed(name))

    def prepare(self, secrets: Mapping[str, Secret]) -> tuple[KeptValue, ...]:
        """As the protocol says."""
        from appcreds_sync.secrets.vault import writing  # imports hvac

        if not secrets:
            return ()
        wanted = {self._parsed(name): secret for name, secret in secrets.items()}
        self._writes = writing.prepare(self._reader.vault_client(), wanted)
        missing = {(write.path, key) for write in self._writes for key in write.added}
        return tuple(
            KeptValue(str(reference), (reference.path, reference.key) in missing)
            for reference in wanted
        )

    def write(self, done: Callable[[str], None]) -> None:
        """As the protocol says."""
        from appcreds_sync.secrets.vault import writing  # imports hvac

        for planned in self._writes:
            writing.write(self._reader.vault_client(), planned)
            for key in planned.added:
                done(str(VaultReference(planned.path, key)))

    def _parsed(self, name: str) -> VaultReference:
        text = self._template.replace(_NAME, name)
        return vault_reference(text, self._directory)


class YamlKeeper:
    """Keeps all secrets in one `secrets.yaml`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: bytes | None = None
        self._missing: Mapping[str, Secret] = {}

    def reference(self, name: str) -> str:
        """As the protocol says."""
        return f"!secret {_yaml_name(name)}"

    def prepare(self, secrets: Mapping[str, Secret]) -> tuple[KeptValue, ...]:
        """As the protocol says."""
        from appcreds_sync.secrets.yaml_writing import missing_values  # slow

        wanted = {_yaml_name(name): secret for name, secret in secrets.items()}
        self._before = read_file(self._path)
        self._missing = missing_values(self._path, wanted)
        return tuple(KeptValue(f"!secret {name}", name in self._missing) for name in wanted)

    def write(self, done: Callable[[str], None]) -> None:
        """As the protocol says."""
        from appcreds_sync.secrets.yaml_writing import with_values  # slow

        if not self._missing:
            return
        if self._before is None:
            _keep_out_of_git(self._path.parent)
        after = with_values(self._path, self._before or b"", self._missing)
        replace_file(self._path, self._before, after)
        for name in self._missing:
            done(f"!secret {name}")


def _keep_out_of_git(folder: Path) -> None:
    try:
        keep_out_of_git(folder)
    except OSError as error:
        what = f"{error.filename} can't be written: {error.strerror}"
        raise AppcredsError(Problem("not-written", what, "")) from error


def _yaml_name(credential: str) -> str:
    return f"{credential}_{_KEY}"
