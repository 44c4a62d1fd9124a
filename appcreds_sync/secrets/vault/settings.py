"""Where Vault is and how to reach it: the manifest first, then the variables of Vault's CLI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from appcreds_sync.model.errors import Problem, SecretsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.manifest import VaultSettings

_TIMEOUT = 60.0
_MAX_RETRIES = 5
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}


@dataclass(frozen=True, slots=True)
class Connection:
    """All that a request to Vault needs, but the token."""

    address: str
    """`http(s)://host[:port][/prefix]`, without a slash at its end."""
    namespace: str | None
    ca_cert: Path | None
    ca_path: Path | None
    client_cert: Path | None
    client_key: Path | None
    tls_server_name: str | None
    skip_verify: bool
    timeout: float
    """Seconds without a byte of the answer; no retry begins later than that after the first try."""
    max_retries: int
    concurrency: int


def variable(environ: Mapping[str, str], name: str) -> str | None:
    """Return `BAO_<name>`, else `VAULT_<name>`, as OpenBao's CLI does; an empty one is not set."""
    return environ.get(f"BAO_{name}") or environ.get(f"VAULT_{name}") or None


def merge(settings: VaultSettings, environ: Mapping[str, str]) -> Connection:
    """Return the settings with what they leave open taken from `environ`.

    The variables and their forms are those of Vault's CLI
    (developer.hashicorp.com/vault/docs/commands#environment-variables), but there is no default
    address, and five retries instead of two. Raise SecretsError if one can't be used.
    """
    address = settings.address or variable(environ, "ADDR")
    if address is None:
        hint = "set `vault.address` in the manifest, or VAULT_ADDR"
        raise SecretsError(Problem("vault-address-missing", "Vault's address is not known", hint))
    namespace = settings.namespace or variable(environ, "NAMESPACE") or ""
    if not namespace.isascii():
        raise _wrong("Vault's namespace", "holds characters that no HTTP header can carry")
    client_cert = settings.client_cert or _path(environ, "CLIENT_CERT")
    client_key = settings.client_key or _path(environ, "CLIENT_KEY")
    if client_key and not client_cert:
        raise _wrong("client_key/VAULT_CLIENT_KEY", "needs a client certificate beside it")
    return Connection(
        address=_address(address),
        namespace=namespace.strip("/") or None,
        # A CA file from either place beats a CA folder, as with Vault's CLI.
        ca_cert=settings.ca_cert or (None if settings.ca_path else _path(environ, "CACERT")),
        ca_path=settings.ca_path or _path(environ, "CAPATH"),
        client_cert=client_cert,
        client_key=client_key,
        tls_server_name=settings.tls_server_name or variable(environ, "TLS_SERVER_NAME"),
        skip_verify=_boolean(environ, "SKIP_VERIFY"),
        timeout=settings.timeout or _seconds(environ, "CLIENT_TIMEOUT") or _TIMEOUT,
        max_retries=_count(environ, "MAX_RETRIES", _MAX_RETRIES),
        concurrency=settings.concurrency,
    )


def files_named(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the certificates and keys that the environment names, whether they are used or not."""
    named = (_path(environ, name) for name in ("CACERT", "CLIENT_CERT", "CLIENT_KEY"))
    return tuple(path for path in named if path is not None)


def _wrong(name: str, what: str) -> SecretsError:
    # Never the value itself: it may be a secret in the wrong variable.
    hint = "correct it in the manifest, or in the environment of appcreds-sync"
    return SecretsError(Problem("vault-setting", f"{name} {what}", hint))


def _address(text: str) -> str:
    name = "Vault's address"
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong(name, "is no URL") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise _wrong(name, "must be http://host:port or https://host:port")
    if parts.username is not None or parts.password is not None:
        raise _wrong(name, "must not hold a user or password; use `vault.auth` to log in")
    if parts.query or parts.fragment:
        raise _wrong(name, "must end with the host, port or path prefix")
    path = parts.path.rstrip("/")
    if path.endswith(("/v1", "/ui")):
        raise _wrong(name, f"must not end in {path[-3:]}; leave that out")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = variable(environ, name)
    return Path(value).absolute() if value else None


def _boolean(environ: Mapping[str, str], name: str) -> bool:
    value = variable(environ, name)
    if value is None:
        return False
    if value not in _BOOLEANS:
        raise _wrong(f"VAULT_{name}", "must be true or false")
    return _BOOLEANS[value]


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    value = variable(environ, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise _wrong(f"VAULT_{name}", "must be a whole number")
    return int(value)


def _seconds(environ: Mapping[str, str], name: str) -> float | None:
    """Read `30`, `30s` or `1m30s`, the forms of Go's durations that people write."""
    value = variable(environ, name)
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        seconds = float(value)
    elif re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h))+", value, re.ASCII):
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", value, re.ASCII)
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        raise _wrong(f"VAULT_{name}", "must be seconds, or a duration such as 30s")
    if seconds <= 0:
        raise _wrong(f"VAULT_{name}", "must be more than 0")
    return seconds
