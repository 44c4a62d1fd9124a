"""Whether Vault is fit for what a manifest reads from it, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from appcreds_sync.model.counting import counted
from appcreds_sync.model.finding import note, ok, warning
from appcreds_sync.secrets.vault.mounts import Mount, Mounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from appcreds_sync.model.finding import Finding
    from appcreds_sync.model.reference import VaultReference
    from appcreds_sync.secrets.vault.client import Client

_AREA = "vault"
_LOOKUP = "/v1/auth/token/lookup-self"
_CAPABILITIES = "/v1/sys/capabilities-self"
_SOON = 24 * 60 * 60
"""Seconds of life below which a token that can't be renewed is mentioned."""
_WRITES = frozenset({"create", "update", "root"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def examine(
    client: Client, method: str, references: Collection[VaultReference]
) -> Iterator[Finding]:
    """Yield what was found; `client` has logged in by `method`. Raise SecretsError as it does."""
    connection = client.connection
    yield ok(_AREA, "vault-reachable", f"Vault answers at {connection.address}")
    yield from _transport(client)
    yield ok(_AREA, "vault-login", f"it accepts the login by {method}")
    yield from _token(client)
    yield from _rights(client, references)


def _transport(client: Client) -> Iterator[Finding]:
    parts = urlsplit(client.connection.address)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        yield warning(
            _AREA,
            "vault-no-tls",
            "the token and all secrets go through the network without TLS",
            "use https:// in `vault.address`",
        )
    elif client.connection.skip_verify:
        yield warning(
            _AREA,
            "vault-skip-verify",
            "the TLS certificate of Vault is not checked (VAULT_SKIP_VERIFY)",
            "set VAULT_CACERT instead: whoever stands in between can read the token",
        )


def _token(client: Client) -> Iterator[Finding]:
    about = client.ask(lambda adapter: adapter.get(_LOOKUP)).part("data")
    if about is None:
        yield note(
            _AREA,
            "vault-token-unknown",
            "the token may not look itself up, so its life and policies are not known",
        )
        return
    policies = [str(name) for name in about.get("policies") or ()]
    if "root" in policies:
        yield warning(
            _AREA,
            "vault-root-token",
            "this is a root token, which may do everything",
            "make a token or an AppRole with a policy that reads the paths of the manifest alone",
        )
    seconds = about.get("ttl")
    life = f"for {_life(seconds)}" if isinstance(seconds, int) and seconds else "for ever"
    renewable = about.get("renewable") is True
    said = (
        f"the token lives {life}, {'can' if renewable else 'cannot'} be renewed; "
        f"policies: {', '.join(policies)}"
    )
    if isinstance(seconds, int) and 0 < seconds < _SOON and not renewable:
        hint = "use a method that logs in by itself (`vault.auth`), or a periodic token"
        yield warning(_AREA, "vault-token-short", said, hint)
    else:
        yield ok(_AREA, "vault-token", said)


def _life(seconds: int) -> str:
    """Return the greatest units alone: nobody minds the minutes of a month."""
    for unit, length in (("day", 24 * 60 * 60), ("hour", 60 * 60), ("minute", 60)):
        if seconds >= 2 * length:
            return counted(seconds // length, unit)
    return counted(seconds, "second")


def _rights(client: Client, references: Collection[VaultReference]) -> Iterator[Finding]:
    """Yield what the policies lack beyond reading, which is tried by reading each reference."""
    mounts = Mounts(client)
    places = sorted({(reference.namespace or "", reference.path) for reference in references})
    unwritable = [
        asked
        for namespace, path in places
        if isinstance(mount := mounts.find(namespace or None, path), Mount)
        and not _may_write(client, namespace, asked := _request_path(mount, path))
    ]
    if unwritable:
        yield note(
            _AREA,
            "vault-may-not-write",
            f"the token may not write {len(unwritable)} of {counted(len(places), 'path')}",
            "needed by `add` and `import` alone: "
            f'path "{unwritable[0]}" {{ capabilities = ["create", "read", "update"] }}',
        )


def _may_write(client: Client, namespace: str, path: str) -> bool:
    """Tell whether `path` may be written; as long as Vault does not say otherwise, it may."""
    answer = client.ask(
        lambda adapter: adapter.post(_CAPABILITIES, json={"paths": [path]}), namespace or None
    )
    found = (answer.part("data") or {}).get(path)
    return not isinstance(found, list) or not _WRITES.isdisjoint(map(str, found))


def _request_path(mount: Mount, path: str) -> str:
    rest = path.removeprefix(f"{mount.path}/")
    return f"{mount.path}/data/{rest}" if mount.version == 2 else path  # noqa: PLR2004  # KV v2
