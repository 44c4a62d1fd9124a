"""The HTTP session to a Home Assistant, under the rules of TLS that its WebSocket has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
import urllib3

from appcreds_sync.net.adapter import Adapter
from appcreds_sync.stores.home_assistant.tls import tls_context

if TYPE_CHECKING:
    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret


def make_session(spec: LiveStoreSpec, token: Secret) -> requests.Session:
    """Return a session that shows `token`. Raise StoreError if its `ca_cert` can't be read."""
    context = tls_context(spec.ca_cert, verify=spec.verify_tls, where=f"store {spec.name}")
    if not spec.verify_tls:
        # The person asked for it; the library would say so on stderr at each request.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session = requests.Session()
    session.trust_env = False
    adapter = Adapter(context)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["Authorization"] = f"Bearer {token.reveal()}"
    return session
