"""A token endpoint on loopback that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import ssl
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.lab.certificates import Certificates

SECRET = "canary-Right-4711"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]

    def basic(self) -> str:
        """Return what the Authorization header holds: `id:secret`."""
        header = self.headers["Authorization"]
        return base64.b64decode(header.removeprefix("Basic ")).decode()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, to be sent as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def say(status: int, body: bytes, **headers: str) -> Callable[[Asked], Said]:
    return lambda _: Said(status, body, {"Content-Type": "application/json"} | headers)


def error(code: str, description: str | None = None, status: int = 400) -> Said:
    document = {"error": code}
    if description is not None:
        document["error_description"] = description
    return Said(status, json.dumps(document).encode())


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    url: str
    asked: list[Asked]

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).netloc


@contextlib.contextmanager
def token_endpoint(
    behave: Callable[[Asked], Said], certificates: Certificates | None = None
) -> Iterator[TokenEndpoint]:
    """Serve; with `certificates` by https."""
    asked: list[Asked] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            request = Asked(self.path, dict(self.headers), dict(urllib.parse.parse_qsl(form)))
            asked.append(request)
            said = behave(request)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # a client that has read enough hangs up
                self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Say nothing: pytest shows what fails."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.server.certificate, certificates.server.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield TokenEndpoint(f"{scheme}://127.0.0.1:{server.server_port}/token", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def honest(asked: Asked) -> Said:
    """Look at the client first, then at the code, as most providers do."""
    if asked.form.get("client_secret") == SECRET:
        return error("invalid_grant", "Invalid authorization code")
    return error("invalid_client", "Invalid client secret", 401)
