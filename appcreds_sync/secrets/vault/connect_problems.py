"""Why Vault could not be asked at all → Problem."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NameResolutionError

from appcreds_sync.model.errors import Problem
from appcreds_sync.secrets.vault.session import DowngradeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appcreds_sync.secrets.vault.answer import Answer
    from appcreds_sync.secrets.vault.settings import Connection

_ADDRESS = "correct `vault.address` or VAULT_ADDR"
# Codes of X509_verify_cert (docs.openssl.org/master/man3/X509_STORE_CTX_get_error).
_OUT_OF_DATE = frozenset({9, 10})
_WRONG_HOST = frozenset({62, 64})


def from_exception(error: requests.RequestException, connection: Connection) -> Problem:
    """Return why no answer came."""
    address = connection.address
    match error:
        case DowngradeError() | requests.TooManyRedirects():
            what = f"{address} sends us elsewhere, more than once or from https to http"
            return Problem("vault-not-vault", what, f"{_ADDRESS} to the node itself")
        case requests.exceptions.InvalidURL():
            what = (
                f"{address} is no address that a server can have, or sends us to one that is none"
            )
            return Problem("vault-not-vault", what, f"{_ADDRESS} to the node itself")
        case requests.exceptions.ProxyError():
            what = f"the proxy on the way to Vault at {address} does not let us through"
            hint = "correct HTTPS_PROXY or HTTP_PROXY, or name Vault's host in NO_PROXY"
            return Problem("vault-unreachable", what, hint)
        case requests.Timeout():
            what = f"no answer from Vault at {address} in time"
            hint = f"is it running, and no firewall in between? else {_ADDRESS}, or `vault.timeout`"
            return Problem("vault-unreachable", what, hint)
        case _ if (elsewhere := _redirected_to(error, address)) is not None:
            what = f"{address} sends us on to {elsewhere}, which can't be reached from here"
            return Problem("vault-unreachable", what, f"{_ADDRESS} to the node itself")
        case _:
            return _from_causes(error, connection)


def _redirected_to(error: requests.RequestException, address: str) -> str | None:
    """Return the server that was asked in the end, where it is not that of `address`."""
    url = None if error.request is None else error.request.url
    if not isinstance(url, str):
        return None
    asked, meant = urlsplit(url), urlsplit(address)
    same = (asked.hostname, asked.port) == (meant.hostname, meant.port)
    return None if same else f"{asked.scheme}://{asked.netloc}"


def _from_causes(error: requests.RequestException, connection: Connection) -> Problem:
    address = connection.address
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _untrusted(cause, connection)
            case ssl.SSLError():
                return _no_handshake(cause, address)
            case NameResolutionError():
                return no_such_name(address)
            case ConnectionRefusedError():
                what = f"nothing answers at Vault's address {address}"
                return Problem("vault-unreachable", what, f"start Vault, or {_ADDRESS}")
    what = f"the connection to Vault at {address} could not be made, or broke"
    return Problem("vault-unreachable", what, f"is Vault running there? else {_ADDRESS}")


def no_such_name(address: str) -> Problem:
    """Say that the host of `address` can't be found by its name."""
    what = f"the name {urlsplit(address).hostname} of Vault's host is not known here"
    return Problem("vault-unreachable", what, f"{_ADDRESS}, or mend the name server")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk down: requests and urllib3 wrap the true cause in arguments and reasons."""
    todo: list[object] = [error]
    seen: set[int] = set()
    while todo:
        link = todo.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            reason = getattr(link, "reason", None)
            todo += [link.__context__, link.__cause__, *link.args, reason]


def _untrusted(error: ssl.SSLCertVerificationError, connection: Connection) -> Problem:
    address = connection.address
    if error.verify_code in _WRONG_HOST:
        what = f"the TLS certificate of {address} is for another host"
        hint = "use the name in the certificate, or set `vault.tls_server_name`"
        return Problem("vault-tls-host", what, hint)
    if error.verify_code in _OUT_OF_DATE:
        what = f"the TLS certificate of {address} has expired, or is not valid yet"
        return Problem("vault-tls-expired", what, "renew it; check the clock of this machine too")
    what = f"the TLS certificate of {address} is from a CA that is not trusted here"
    hint = "set `vault.ca_cert` or VAULT_CACERT to that CA's PEM file"
    return Problem("vault-tls-ca", what, hint)


def _no_handshake(error: ssl.SSLError, address: str) -> Problem:
    text = str(error).lower()
    if any(sign in text for sign in ("wrong_version_number", "record_layer", "record layer")):
        what = f"the server at {address} speaks http, not https"
        return Problem("vault-tls-none", what, f"{_ADDRESS} to http://…, or to its TLS port")
    if "alert" in text and "certificate" in text:
        what = f"{address} does not accept our TLS client certificate, or wants one"
        hint = "set `vault.client_cert` and `vault.client_key`, of a CA that Vault trusts"
        return Problem("vault-tls-client", what, hint)
    what = f"no TLS connection to {address}: {error.reason or 'it ended the handshake'}"
    hint = "is that Vault's port? does it want a client certificate (`vault.client_cert`)?"
    return Problem("vault-tls", what, hint)


def from_answer(answer: Answer, connection: Connection) -> Problem | None:
    """Return why this answer means that no other request will succeed; None if it does not."""
    address = connection.address
    if answer.sealed:
        hint = "unseal it: vault operator unseal"
        return Problem("vault-sealed", f"Vault at {address} is sealed", hint)
    if answer.says_https:
        what = f"the server at {address} speaks https, not http"
        return Problem("vault-tls-wanted", what, f"{_ADDRESS} to https://…")
    return _by_status(answer, address)


def not_vault(answer: Answer, address: str) -> Problem:
    """Say that the address is that of something else, or has a wrong path."""
    what = f"something answers at {address}, but it is not Vault ({answer.status})"
    return Problem("vault-not-vault", what, f"{_ADDRESS}: scheme, host, port, path prefix")


def _by_status(answer: Answer, address: str) -> Problem | None:
    match answer.status:
        case 204:  # a write to KV v1 is answered without a body
            return None
        case 501:
            what = f"Vault at {address} is not initialised"
            return Problem("vault-not-initialised", what, "initialise it: vault operator init")
        case 429:
            what = f"Vault at {address} refuses more requests for now (429)"
            hint = "lower `vault.concurrency`, or raise the rate limit quota in Vault"
            return Problem("vault-busy", what, hint)
        case 502 | 503 | 504:
            what = f"Vault at {address}, or the proxy before it, is not available ({answer.status})"
            return Problem("vault-unavailable", what, "try again when it is; look into its log")
        case status if answer.body is None and status < 500:  # noqa: PLR2004  # HTTP's server errors
            return not_vault(answer, address)
        case _:
            return None
