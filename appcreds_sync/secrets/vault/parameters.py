"""The values that a login needs, from where the person keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.reference import FileReference, ReferenceSyntaxError, VaultReference
from appcreds_sync.secrets.value import accept
from appcreds_sync.secrets.vault.settings import variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appcreds_sync.model.reference import EnvReference, ReferenceText, YamlSecretReference
    from appcreds_sync.model.secret import Secret

    Read = Callable[[EnvReference | FileReference | YamlSecretReference], Resolved | Problem]

# Where Kubernetes puts the token of a pod's service account: its documentation, "Accessing the
# Kubernetes API from a Pod".
SERVICE_ACCOUNT_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def token(secret: Secret, source: str) -> Secret:
    """Return `secret`. Raise SecretsError if no HTTP header can carry it."""
    if secret.reveal().isascii():
        return secret
    what = f"the token in {source} holds characters that no token of Vault has"
    raise SecretsError(Problem("vault-token-invalid", what, "copy it again, and nothing else"))


def parameter(name: str, value: str | ReferenceText, read: Read) -> Secret:
    """Return the value of `vault.auth.<name>`. Raise SecretsError if it can't be read."""
    if isinstance(value, str):
        return _or_raise(accept(value, f"`vault.auth.{name}`"))
    try:
        reference = value.at("")
    except ReferenceSyntaxError as error:
        problem = Problem("reference-syntax", f"`vault.auth.{name}`: {error}", "", str(value.mark))
        raise SecretsError(problem) from None
    if isinstance(reference, VaultReference) or value.names_store():
        what = f"`vault.auth.{name}` can't be kept in Vault itself, nor differ from store to store"
        hint = "keep it in a variable (env://NAME) or in a file (file:///path)"
        raise SecretsError(Problem("vault-auth-reference", what, hint, str(value.mark)))
    return _or_raise(read(reference))


def service_account_token(read: Read) -> Secret:
    """Return the token of the pod that we run in. Raise SecretsError if there is none."""
    return _or_raise(read(FileReference(SERVICE_ACCOUNT_TOKEN)))


def found_token(environ: Mapping[str, str], read: Read) -> tuple[Secret, str]:
    """Return the token that Vault's CLI would use, and where it stood. Raise SecretsError."""
    if value := variable(environ, "TOKEN"):
        name = "BAO_TOKEN" if environ.get("BAO_TOKEN") else "VAULT_TOKEN"
        return _or_raise(accept(value, f"the variable {name}")), name
    if home := environ.get("HOME"):
        path = Path(home) / ".vault-token"
        reading = read(FileReference(path))
        if isinstance(reading, Resolved) or reading.code != "file-missing":
            return _or_raise(reading), str(path)
    what = "there is no token for Vault: no `vault.auth`, no VAULT_TOKEN, no ~/.vault-token"
    hint = "set one of them; for a program, `vault.auth` with approle or kubernetes is best"
    raise SecretsError(Problem("vault-token-missing", what, hint))


def _or_raise(reading: Resolved | Problem) -> Secret:
    if isinstance(reading, Problem):
        raise SecretsError(reading)
    return reading.value
