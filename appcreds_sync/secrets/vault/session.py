"""The HTTP session to Vault: connections kept alive, nothing taken from the machine's habits."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # no stub has it

import requests
import urllib3

from appcreds_sync.net.adapter import Adapter
from appcreds_sync.secrets.vault import tls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.secrets.vault.settings import Connection

_CHATTY = ("hvac", "requests", "urllib3", "urllib3.connectionpool")


class DowngradeError(requests.RequestException):
    """A redirect led from https to http, where the token would be sent in clear."""


class _Session(requests.Session):
    """Follows one redirect, as Vault's CLI does: a standby names the active node."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where to go. Raise DowngradeError for leaving TLS, InvalidURL for nowhere."""
        target = super().get_redirect_target(resp)
        try:
            # Both are ValueErrors, which requests lets through: no URL, and no name of a host.
            (urlsplit(target or "").hostname or "").encode("idna")
        except ValueError:
            raise requests.exceptions.InvalidURL(response=resp) from None
        if target and resp.url.startswith("https:") and target.lower().startswith("http:"):
            raise DowngradeError(response=resp)
        if target:
            # requests would read the body of a redirect to its end, if it has one.
            resp.raw.close()
            resp.raw = io.BytesIO()
        return target


def make(connection: Connection, environ: Mapping[str, str]) -> requests.Session:
    """Return a session. Raise SecretsError if a certificate can't be used."""
    for name in _CHATTY:
        # At DEBUG they print addresses and paths, whatever level the person asked of us.
        logging.getLogger(name).setLevel(logging.INFO)
    session = _Session()
    # Else a password in ~/.netrc, or a CA bundle set for other programs, would be used silently.
    session.trust_env = False
    session.max_redirects = 1
    # The body is left to `answer.read`, which stops where it has no end, and unpacks nothing.
    session.stream = True
    session.headers["Accept-Encoding"] = "identity"
    session.proxies.update(_proxies(connection.address, environ))
    if connection.skip_verify:
        # We warn of it ourselves, once, and not at each request.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    adapter = Adapter(
        tls.context(connection),
        server_name=connection.tls_server_name,
        connections=connection.concurrency,
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _proxies(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy, by the variables that Vault's CLI reads too."""
    parts = urlsplit(address)
    names = [f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY"]
    proxy = environ.get("VAULT_PROXY_ADDR") or next(filter(None, map(environ.get, names)), None)
    spared = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    # Go, and so Vault's CLI, never sends loopback traffic to a proxy.
    local = parts.hostname in {"localhost", "::1"} or str(parts.hostname).startswith("127.")
    if proxy is None or local or proxy_bypass_environment(parts.netloc, {"no": spared}):
        return {}
    return {"http": proxy, "https": proxy}
