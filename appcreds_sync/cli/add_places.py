"""Where `add` keeps a secret: in Vault, or in the `secrets.yaml` beside the manifest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from appcreds_sync.cli.first_manifest import keep_out_of_git
from appcreds_sync.cli.safe_write import read_file, replace_file, take_back
from appcreds_sync.cli.vault_path import vault_reference
from appcreds_sync.model.errors import AppcredsError, Problem, UsageError
from appcreds_sync.model.reference import (
    STORE_PLACEHOLDER,
    VaultReference,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from appcreds_sync.model.secret import Secret
    from appcreds_sync.secrets.reader import SecretReader
    from appcreds_sync.secrets.vault.writing import Write

KEY = "client_secret"
"""Under which the secret is kept, and how its name in `secrets.yaml` ends."""
_CREDENTIAL = "{credential}"
_PLACEHOLDER = re.compile(r"\{[^}]*\}?|\}")


@dataclass(frozen=True, slots=True)
class Step:
    """One write that is still to be done."""

    place: str
    """As a person would name it."""
    do: Callable[[], Callable[[], None] | None]
    """Write it; return what takes that back, None where it could be somebody else's as well."""


class Place(Protocol):
    """Where the secret of one credential is to be kept."""

    @property
    def reference(self) -> str:
        """What the manifest says in place of the secret."""

    def steps(
        self, secret: Secret, stores: Sequence[str], reader: SecretReader
    ) -> tuple[Step, ...]:
        """Look at the place, and return what is to be written: nothing where it is there already.

        Raise AppcredsError where the place can't be had, or holds another value.
        """


class InVault:
    """A path in a KV engine; with `{store}` in it, one for each store, with the same secret."""

    def __init__(self, template: str, name: str, directory: Path) -> None:
        """Take `mount/path[#key]` with `{credential}` and `{store}`. Raise UsageError if not so."""
        path, _, key = template.removeprefix("vault://").partition("#")
        self._text = f"vault://{path.strip('/')}#{key or KEY}".replace(_CREDENTIAL, name)
        self._directory = directory
        unknown = set(_PLACEHOLDER.findall(template)) - {_CREDENTIAL, STORE_PLACEHOLDER}
        if unknown or "?" in template:
            what = f"--vault-path can't hold {min(unknown) if unknown else '?'}"
            hint = f"{_CREDENTIAL} and {STORE_PLACEHOLDER} stand for names; write kv/ha/spotify"
            raise UsageError(Problem("bad-vault-path", what, f"{hint}, say"))
        self._at("store")

    @property
    def reference(self) -> str:
        """As the protocol says."""
        return str(self._at(STORE_PLACEHOLDER)).replace(quote(STORE_PLACEHOLDER), STORE_PLACEHOLDER)

    def steps(
        self, secret: Secret, stores: Sequence[str], reader: SecretReader
    ) -> tuple[Step, ...]:
        """As the protocol says."""
        from appcreds_sync.secrets.vault import writing  # imports hvac

        references = dict.fromkeys(map(self._at, stores))
        planned = writing.prepare(reader.vault_client(), dict.fromkeys(references, secret))
        return tuple(_vault_step(write, reader) for write in planned)

    def _at(self, store: str) -> VaultReference:
        return vault_reference(self._text.replace(STORE_PLACEHOLDER, store), self._directory)


class InSecretsYaml:
    """A line in a `secrets.yaml`."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = f"{name}_{KEY}"

    @property
    def reference(self) -> str:
        """As the protocol says."""
        return f"!secret {self._name}"

    def steps(
        self,
        secret: Secret,
        stores: Sequence[str],  # noqa: ARG002  # one line for all
        reader: SecretReader,  # noqa: ARG002  # which only reads
    ) -> tuple[Step, ...]:
        """As the protocol says."""
        from appcreds_sync.secrets.yaml_writing import missing_values, with_values  # slow

        path, before = self._path, read_file(self._path)
        missing = missing_values(path, {self._name: secret})
        if not missing:
            return ()
        after = with_values(path, before or b"", missing)

        def do() -> Callable[[], None]:
            if before is None:
                _keep_out_of_git(path.parent)
            replace_file(path, before, after)
            return lambda: take_back(path, before, after)

        return (Step(f"{path.name}, as {self._name}", do),)


def _vault_step(planned: Write, reader: SecretReader) -> Step:
    from appcreds_sync.secrets.vault import undoing, writing  # imports hvac

    def do() -> Callable[[], None] | None:
        version = writing.write(reader.vault_client(), planned)
        if version is None:
            return None
        return lambda: undoing.undo(reader.vault_client(), planned, version)

    places = [str(VaultReference(planned.path, key)) for key in planned.added]
    return Step(", ".join(places), do)


def _keep_out_of_git(folder: Path) -> None:
    try:
        keep_out_of_git(folder)
    except OSError as error:
        what = f"{error.filename} can't be written: {error.strerror}"
        raise AppcredsError(Problem("not-written", what, "")) from error
