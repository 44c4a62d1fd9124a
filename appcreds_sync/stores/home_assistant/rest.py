"""Home Assistant's REST API, for what its WebSocket can't be asked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret


@contextmanager
def open_session(spec: LiveStoreSpec, token: Secret) -> Iterator[requests.Session]:
    """Give a session that sends the token, and trusts whom the WebSocket trusts."""
    import requests  # noqa: PLC0415  # 60 ms, for those few who need it

    with requests.Session() as session:
        # No proxy and no .netrc of this machine: a Home Assistant is near, and has a token.
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {token.reveal()}"
        session.verify = str(spec.ca_cert) if spec.verify_tls and spec.ca_cert else spec.verify_tls
        yield session


def base_url(url: str) -> str:
    """Return Home Assistant's HTTP address, with the prefix of a reverse proxy, if any."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    path = parts.path.rstrip("/").removesuffix("/websocket").removesuffix("/api")
    return f"{scheme}://{parts.netloc}{path}"
