"""Home Assistant's API as the tests need it: plain, one connection a call, nothing clever.

Not built on our own client, so that a mistake there can't hide itself.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect

_TIMEOUT = 60
# A snapshot of 10,000 items passes the library's own limit of 1 MiB.
_LARGEST_MESSAGE = 64 * 2**20


class CommandFailed(Exception):
    """Home Assistant refused a command; `code` is its word for why."""

    def __init__(self, command: str, code: str, message: str) -> None:
        super().__init__(f"{command}: {code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Api:
    """Calls made in the name of one user."""

    url: str
    token: str

    @property
    def websocket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/api/websocket"

    def command(self, command: str, **fields: Any) -> Any:
        """Send one WebSocket command; return its result.

        Raise CommandFailed where Home Assistant refuses it, or the token.
        """
        with connect(self.websocket_url, max_size=_LARGEST_MESSAGE, compression=None) as socket:
            socket.recv(_TIMEOUT)
            socket.send(json.dumps({"type": "auth", "access_token": self.token}))
            answer = json.loads(socket.recv(_TIMEOUT))
            if answer["type"] != "auth_ok":
                raise CommandFailed("auth", answer["type"], answer.get("message", ""))
            socket.send(json.dumps({"id": 1, "type": command, **fields}))
            answer = json.loads(socket.recv(_TIMEOUT))
        if not answer["success"]:
            raise CommandFailed(command, answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def rest(self, method: str, path: str, body: object = None) -> Any:
        """Call a REST end point below /api/; return its JSON. Raise HTTPError unless 2xx."""
        return request(method, f"{self.url}/api/{path}", body, token=self.token)


def request(method: str, url: str, body: object = None, *, token: str = "") -> Any:
    """Send JSON, or form data where the body is bytes; return the JSON of the answer."""
    # Where a person's browser is: Home Assistant makes redirect URIs of it.
    headers = {"HA-Frontend-Base": _origin(url)}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = body if isinstance(body, bytes) else None
    if data is None and body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    call = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(call, timeout=_TIMEOUT) as answer:
        return json.loads(answer.read() or b"null")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def answers(url: str) -> bool:
    """Tell whether anything speaks HTTP there, whatever its status."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True
