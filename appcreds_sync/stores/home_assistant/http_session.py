"""The HTTP session to a Home Assistant, under the rules of TLS that its WebSocket has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from appcreds_sync.stores.home_assistant.tls import tls_context

if TYPE_CHECKING:
    import ssl

    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret


class _Adapter(HTTPAdapter):
    """Uses our context: requests trusts a bundle of its own, not this machine's authorities."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: object, cert: object = None
    ) -> tuple[Any, Any]:
        """Return where to connect, and our context in place of `verify` and `cert`."""
        del verify, cert
        parts = urlsplit(str(request.url))
        host = {"scheme": parts.scheme.lower(), "host": parts.hostname, "port": parts.port}
        return host, {"ssl_context": self._context}

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Do nothing: the context knows whom to trust."""


def make_session(spec: LiveStoreSpec, token: Secret) -> requests.Session:
    """Return a session that shows `token`. Raise StoreError if its `ca_cert` can't be read."""
    context = tls_context(spec.ca_cert, verify=spec.verify_tls, where=f"store {spec.name}")
    if not spec.verify_tls:
        # The person asked for it; the library would say so on stderr at each request.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Adapter(context))
    session.headers["Authorization"] = f"Bearer {token.reveal()}"
    return session
