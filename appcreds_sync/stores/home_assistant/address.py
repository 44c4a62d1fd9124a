"""From the URL that a person wrote to the addresses at which Home Assistant can be asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from appcreds_sync.model.errors import Problem, StoreError

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def websocket_url(url: str, where: str) -> str:
    """Return `ws(s)://host[:port][/prefix]/api/websocket` for `http(s)://…`; `ws(s)://…` stays.

    Raise StoreError, with `where` in it, if no connection can be made to such a URL.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _unusable("its `url` is not a URL", where) from None
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not host:
        raise _unusable("its `url` is no http, https, ws or wss address", where)
    if "@" in parts.netloc:
        raise _unusable("its `url` holds a user name or password", where)
    if parts.query or parts.fragment:
        raise _unusable("its `url` holds a `?` or `#`", where)
    path = parts.path if parts.scheme == scheme else f"{parts.path.rstrip('/')}/api/websocket"
    return f"{scheme}://{parts.netloc}{path}"


def base_url(url: str) -> str:
    """Return Home Assistant's HTTP address, with the prefix of a reverse proxy, if any."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    path = parts.path.rstrip("/").removesuffix("/websocket").removesuffix("/api")
    return f"{scheme}://{parts.netloc}{path}"


def origin(url: str) -> str:
    """Return scheme, host and port, as a browser tells of a page at `url`."""
    parts = urlsplit(base_url(url))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def is_for_people(url: str) -> bool:
    """Tell whether a person's browser may open it: not a WebSocket, nor the Supervisor's proxy.

    An add-on reaches Home Assistant by those, under a name that nobody else knows.
    """
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and parts.hostname != "supervisor"


def _unusable(what: str, where: str) -> StoreError:
    hint = "write https://host:port as in the browser, up to and without `/lovelace`"
    return StoreError(Problem("store-url-invalid", what, hint, where))
