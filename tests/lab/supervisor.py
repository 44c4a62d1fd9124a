"""The Supervisor's proxy to Home Assistant, which is all of it that an add-on gets to see.

What it passes on, and what not, is read off supervisor/api/proxy.py and supervisor/api/__init__.py:
tokens of its own, HTTP without the caller's headers, a greeting and login of its own.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from tests.lab.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.sync.connection import Connection

    from tests.lab.home_assistant import HomeAssistant

TOKEN: Final = "canary-of-a-supervisor-token"
"""What the Supervisor gives to the add-on as SUPERVISOR_TOKEN."""
_LARGEST_MESSAGE: Final = 64 * 2**20
_WEBSOCKETS: Final = (b"GET /core/websocket ", b"GET /core/api/websocket ")


@contextmanager
def supervisor(
    home_assistant: HomeAssistant,
    *,
    passes_delete: bool = True,
    before: Callable[[str], object] = lambda _: None,
) -> Iterator[str]:
    """Run one on loopback; yield its address, `http://host:port`, in place of http://supervisor.

    Those before February 2026 don't pass DELETE on. `before` is called with the method of each HTTP
    request that is to be passed on.
    """
    with ExitStack() as stack:
        sockets = stack.enter_context(
            serve(
                lambda addon: _pass_frames(addon, home_assistant),
                LOOPBACK,
                0,
                max_size=_LARGEST_MESSAGE,
                compression=None,
            )
        )
        proxy = stack.enter_context(
            _Proxy(
                home_assistant, sockets.socket.getsockname(), before, passes_delete=passes_delete
            )
        )
        for server in (sockets, proxy):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield f"http://{LOOPBACK}:{proxy.server_port}"


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        home_assistant: HomeAssistant,
        sockets: tuple[str, int],
        before: Callable[[str], object],
        *,
        passes_delete: bool,
    ) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.home_assistant = home_assistant
        self.passes_delete = passes_delete
        self.before = before
        self._sockets = sockets

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Hand WebSockets over to the library that speaks them, unread."""
        longest = max(map(len, _WEBSOCKETS))
        if request.recv(longest, socket.MSG_PEEK).startswith(_WEBSOCKETS):
            with socket.create_connection(self._sockets) as server:
                _splice(request, server)
        else:
            super().finish_request(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        if self.server.passes_delete:
            self._pass_on()
        else:
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b"405: Method Not Allowed")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith("/core/api/"):
            self._answer(HTTPStatus.NOT_FOUND, b"404: Not Found")
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(HTTPStatus.UNAUTHORIZED, b"401: Unauthorized")
        else:
            self.server.before(self.command)
            self._answer(*self._ask(body))

    def _ask(self, body: bytes) -> tuple[int, bytes, str]:
        home_assistant = self.server.home_assistant
        headers = {"Authorization": f"Bearer {home_assistant.token}"}
        if kind := self.headers.get("Content-Type"):
            headers["Content-Type"] = kind
        upstream = http.client.HTTPConnection(home_assistant.url.removeprefix("http://"))
        try:
            upstream.request(self.command, self.path.removeprefix("/core"), body, headers)
            answer = upstream.getresponse()
            return answer.status, answer.read(), answer.headers.get_content_type()
        except OSError:
            return HTTPStatus.BAD_GATEWAY, b"502: Bad Gateway", "text/plain"
        finally:
            upstream.close()

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _splice(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until both ends are closed."""
    back = threading.Thread(target=_pour, args=(other, one), daemon=True)
    back.start()
    _pour(one, other)
    back.join()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        shutil.copyfileobj(source.makefile("rb", buffering=0), sink.makefile("wb", buffering=0))
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _pass_frames(addon: ServerConnection, home_assistant: HomeAssistant) -> None:
    version = {"ha_version": home_assistant.version}
    addon.send(json.dumps({"type": "auth_required", **version}))
    if json.loads(addon.recv()).get("access_token") != TOKEN:
        addon.send(json.dumps({"type": "auth_invalid", "message": "Invalid access"}))
        return
    addon.send(json.dumps({"type": "auth_ok", **version}))
    url = home_assistant.api.websocket_url
    with connect(url, max_size=_LARGEST_MESSAGE, compression=None) as core:
        core.recv()
        core.send(json.dumps({"type": "auth", "access_token": home_assistant.token}))
        core.recv()
        back = threading.Thread(target=_pass, args=(core, addon), daemon=True)
        back.start()
        _pass(addon, core)
    back.join()


def _pass(source: Connection, sink: Connection) -> None:
    with suppress(ConnectionClosed):
        for frame in source:
            sink.send(frame)
    sink.close()
