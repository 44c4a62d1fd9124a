"""A bare connection to Home Assistant: every frame as it comes, nothing of ours in between."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

    from tests.lab.home_assistant import HomeAssistant

_PATIENCE = 60

Frame = dict[str, Any]


class Wire:
    """One connection that is logged in."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0

    def send(self, kind: str, **fields: object) -> int:
        """Send a command under the next id; return the id."""
        self._last += 1
        self.send_raw({"id": self._last, "type": kind, **fields})
        return self._last

    def send_raw(self, frame: Frame) -> None:
        self._socket.send(json.dumps(frame))

    def receive_raw(self) -> Any:
        return json.loads(self._socket.recv(_PATIENCE))

    def receive(self) -> Frame:
        frame: Frame = self.receive_raw()
        return frame

    def ask(self, kind: str, **fields: object) -> Frame:
        """Send a command, and return the next frame."""
        self.send(kind, **fields)
        return self.receive()

    def result(self, kind: str, **fields: object) -> Any:
        """Send a command that must succeed; return its result."""
        answer = self.ask(kind, **fields)
        assert answer["success"], answer
        return answer["result"]

    def error(self, kind: str, **fields: object) -> tuple[str, str]:
        """Send a command that must fail; return code and message."""
        answer = self.ask(kind, **fields)
        assert not answer["success"], answer
        return answer["error"]["code"], answer["error"]["message"]


@contextlib.contextmanager
def connected(home_assistant: HomeAssistant, token: str | None = None) -> Iterator[Wire]:
    """Log in with the admin's token, or with `token`; raise AssertionError if that is refused."""
    with connect(home_assistant.api.websocket_url, compression=None) as socket:
        wire = Wire(socket)
        assert wire.receive() == {"type": "auth_required", "ha_version": home_assistant.version}
        wire.send_raw({"type": "auth", "access_token": token or home_assistant.token})
        assert wire.receive()["type"] == "auth_ok"
        yield wire
