"""The TLS context of the connection to Vault."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, SecretsError

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.secrets.vault.settings import Connection


def context(connection: Connection) -> ssl.SSLContext:
    """Return a context that trusts the given CA, or the system's, as Vault's CLI does.

    Raise SecretsError if a certificate or key can't be used.
    """
    if connection.ca_cert or connection.ca_path:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _trust(made, connection)
    else:
        made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if connection.skip_verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if connection.client_cert:
        _identify(made, connection.client_cert, connection.client_key)
    return made


def _trust(made: ssl.SSLContext, connection: Connection) -> None:
    if connection.ca_cert:
        _load_ca(made, connection.ca_cert)
    elif connection.ca_path:
        try:
            files = sorted(path for path in connection.ca_path.iterdir() if path.is_file())
        except OSError as error:
            raise _unusable("the CA folder", connection.ca_path, error) from error
        # File by file, as Go does; OpenSSL itself would want names made by c_rehash.
        for path in files:
            _load_ca(made, path)


def _load_ca(made: ssl.SSLContext, path: Path) -> None:
    try:
        made.load_verify_locations(cafile=path)
    except OSError as error:
        raise _unusable("the CA certificate", path, error) from error


def _identify(made: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    try:
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        made.load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise _unusable("the client certificate or its key", certificate, error) from error


def _unusable(thing: str, path: Path, error: OSError) -> SecretsError:
    if isinstance(error, ssl.SSLError):
        hint = "name a PEM file (BEGIN CERTIFICATE); keys without a passphrase, of that certificate"
        return SecretsError(Problem("vault-tls-file", f"{thing} in {path} can't be used", hint))
    what = f"{thing} {path} can't be read: {error.strerror}"
    return SecretsError(Problem("vault-tls-file", what, "correct the path, or its permissions"))
