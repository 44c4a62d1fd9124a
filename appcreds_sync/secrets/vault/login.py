"""Logs in to Vault by each method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.manifest import VaultAuth
from appcreds_sync.model.secret import Secret
from appcreds_sync.secrets.vault import connect_problems, parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.client import Client
    from appcreds_sync.secrets.vault.parameters import Read


@dataclass(frozen=True, slots=True)
class Login:
    """A token and how long it lives."""

    token: Secret
    seconds: float | None
    """From the moment of the login; None is for ever, or not known."""
    renewable: bool
    secrets: tuple[Secret, ...]
    """The token, and all that was shown to get it."""


@dataclass(frozen=True, slots=True)
class _Method:
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    in_path: str | None = None
    """The parameter that stands in the address and not in the body."""


_LOOKUP = "/v1/auth/token/lookup-self"
_RENEW = "/v1/auth/token/renew-self"
# What each login takes: developer.hashicorp.com/vault/api-docs/auth, and alike on openbao.org.
_METHODS: Mapping[str, _Method] = {
    "approle": _Method(("role_id",), ("secret_id",)),
    "cert": _Method((), ("name",)),
    "jwt": _Method(("jwt",), ("role",)),
    "kubernetes": _Method(("role", "jwt")),
    "userpass": _Method(("username", "password"), in_path="username"),
}


def log_in(client: Client, auth: VaultAuth | None, environ: Mapping[str, str], read: Read) -> Login:
    """Return a login that Vault accepts. Raise SecretsError if there is none."""
    auth = auth or VaultAuth()
    if auth.method == "token":
        return _by_token(client, auth, environ, read)
    method = _METHODS[auth.method]
    if auth.method == "cert" and not client.connection.client_cert:
        hint = "set `vault.client_cert` and `vault.client_key`, or VAULT_CLIENT_CERT and …_KEY"
        what = "login by certificate needs a client certificate"
        raise SecretsError(Problem("vault-auth-parameter", what, hint))
    shown = _shown(auth, method, read)
    path = f"/v1/auth/{quote((auth.mount or auth.method).strip('/'))}/login"
    body = {name: secret.reveal() for name, secret in shown.items()}
    if method.in_path:
        path = f"{path}/{quote(body.pop(method.in_path), safe='')}"
    client.token = None
    answer = client.ask(lambda adapter: adapter.post(path, json=body))
    granted = answer.part("auth")
    if not answer.ok or granted is None or not isinstance(granted.get("client_token"), str):
        raise SecretsError(_elsewhere(answer, client) or _refused(answer, auth, shown.values()))
    client.token = Secret(granted["client_token"])
    return _login(
        client.token, granted.get("lease_duration"), granted.get("renewable"), shown.values()
    )


def token_is_known(client: Client) -> bool:
    """Tell whether Vault still knows the token that `client` uses."""
    return not _unknown(client.ask(lambda adapter: adapter.get(_LOOKUP)))


def renew(client: Client, login: Login, left: float) -> Login | None:
    """Return the login with a longer life, None where it can't get more than `left` seconds."""
    answer = client.ask(lambda adapter: adapter.post(_RENEW, json={}))
    granted = answer.part("auth") or {}
    seconds, renewable = granted.get("lease_duration"), granted.get("renewable")
    longer = _login(login.token, seconds, renewable, login.secrets[1:])
    return longer if longer.seconds is not None and longer.seconds > left else None


def _by_token(client: Client, auth: VaultAuth, environ: Mapping[str, str], read: Read) -> Login:
    if "token" in auth.parameters:
        source = "`vault.auth.token`"
        token = parameters.parameter("token", auth.parameters["token"], read)
    else:
        token, source = parameters.found_token(environ, read)
    client.token = parameters.token(token, source)
    answer = client.ask(lambda adapter: adapter.get(_LOOKUP))
    if _unknown(answer):
        what = f"Vault does not know the token in {source}: it is wrong, or has expired"
        hint = "log in again (vault login), or use a method that logs in by itself (`vault.auth`)"
        raise SecretsError(Problem("vault-token-invalid", what, hint))
    if problem := _elsewhere(answer, client):
        raise SecretsError(problem)
    about = answer.part("data") or {}
    return _login(client.token, about.get("ttl"), about.get("renewable"), ())


def _unknown(answer: Answer) -> bool:
    # Vault says "bad token" or "invalid token", OpenBao 2.7 the bare "permission denied"; a token
    # that only lacks the right to look itself up gets "1 error occurred: * permission denied".
    if answer.status != 403:  # noqa: PLR2004  # HTTP's Forbidden
        return False
    words = answer.said().lower()
    return "invalid token" in words or "bad token" in words or words == "permission denied"


def _login(token: Secret, seconds: object, renewable: object, shown: Iterable[Secret]) -> Login:
    life = float(seconds) if isinstance(seconds, int) and seconds > 0 else None
    return Login(token, life, renewable is True, (token, *shown))


def _shown(auth: VaultAuth, method: _Method, read: Read) -> dict[str, Secret]:
    shown: dict[str, Secret] = {}
    for name in (*method.required, *method.optional):
        if name in auth.parameters:
            shown[name] = parameters.parameter(name, auth.parameters[name], read)
        elif (auth.method, name) == ("kubernetes", "jwt"):
            shown[name] = parameters.service_account_token(read)
        elif name in method.required:
            what = f"login by {auth.method} needs `vault.auth.{name}`"
            raise SecretsError(Problem("vault-auth-parameter", what, "add it to the manifest"))
    return shown


def _elsewhere(answer: Answer, client: Client) -> Problem | None:
    if answer.mentions("namespace not found"):
        return no_namespace(client.connection.namespace)
    # Vault has these addresses; with a wrong path prefix it answers 404 without a reason.
    if answer.status == 404 and not answer.errors:  # noqa: PLR2004  # HTTP's Not Found
        return connect_problems.not_vault(answer, client.connection.address)
    return None


def _refused(answer: Answer, auth: VaultAuth, shown: Iterable[Secret]) -> Problem:
    said = answer.without(shown).said() or f"status {answer.status}"
    what = f"Vault refused the login by {auth.method}: {said}"
    mount = auth.mount or auth.method
    hint = f"check the values in `vault.auth`, and that the method is mounted at auth/{mount}"
    return Problem("vault-login-refused", what, hint)


def no_namespace(namespace: str | None) -> Problem:
    """Say that Vault has no such namespace."""
    named = f"namespace {namespace}" if namespace else "such namespace"
    hint = "correct `vault.namespace`, VAULT_NAMESPACE or `?namespace=`; write it from the root"
    return Problem("vault-namespace-missing", f"Vault has no {named}", hint)
