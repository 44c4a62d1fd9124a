"""A server on loopback that answers from a script: for what a real Vault won't do on demand."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.lab.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "fake-token"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `body` as JSON, unless it is text already."""

    status: int
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False
    """Close the connection instead of answering."""
    drips: bool = False
    """Send the body a byte at a time, and never its end."""


NEVER_MIND = Reply(200, {"data": {"ttl": 0, "renewable": False}})
MOUNT = Reply(200, {"data": {"path": "kv/", "type": "kv", "options": {"version": "2"}}})


def secret(value: str) -> Reply:
    return Reply(200, {"data": {"data": {"key": value}, "metadata": {"version": 1}}})


def errors(status: int, *messages: str) -> Reply:
    return Reply(status, {"errors": list(messages)})


class _Server(ThreadingHTTPServer):
    """Lets a client that fails to shake hands read why, before the connection is closed."""

    def finish_request(self, request: Any, client_address: Any) -> None:  # its types
        if isinstance(request, ssl.SSLSocket):
            try:
                request.do_handshake()
            except OSError:
                with contextlib.suppress(OSError):
                    while socket.socket.recv(request, 4096):
                        pass
                return
        super().finish_request(request, client_address)


class FakeVault:
    """Logs everybody in, knows one KV v2 mount `kv/`, and answers reads of it as told."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.replies: list[Reply] = []
        """For reads, in turn; the last one stays."""
        self.mounts = MOUNT
        self.at: Mapping[str, Reply] = {}
        """By path."""
        self.always: Reply | None = None
        """For every request, whatever its path."""
        self.paths: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.release = threading.Event()
        """Set: no request waits. Requests wait only if `slow`."""
        self.slow = False
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fake.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
                """Say nothing."""

        self._server = _Server((LOOPBACK, 0), Handler)
        scheme = "http"
        if context is not None:
            scheme = "https"
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.address = f"{scheme}://{LOOPBACK}:{self._server.server_address[1]}"
        self.environ = {"VAULT_ADDR": self.address, "VAULT_TOKEN": TOKEN}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def reads(self) -> int:
        return sum(path.startswith("/v1/kv/") for path in self.paths)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        if self.slow:
            self.release.wait(30)
        reply = self._reply(request.path)
        if reply.hang_up:
            request.close_connection = True
            return
        body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        content = body.encode()
        request.send_response(reply.status)
        for name, value in reply.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content) + (10**6 if reply.drips else 0)))
        request.end_headers()
        while reply.drips and not self.release.wait(0.02):
            try:
                request.wfile.write(b" ")
            except OSError:
                request.close_connection = True
                return
        request.wfile.write(content)

    def _reply(self, path: str) -> Reply:
        if self.always is not None:
            return self.always
        if path in self.at:
            return self.at[path]
        if path.startswith("/v1/sys/internal/ui/mounts/"):
            return self.mounts
        if path.startswith("/v1/auth/"):
            return NEVER_MIND
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
