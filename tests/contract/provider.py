"""The smallest provider: grants every refresh of a token, and remembers with which secret."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Provider:
    """A token end point on loopback."""

    def __init__(self) -> None:
        self.secrets_seen: list[str] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def stale_token(self) -> dict[str, object]:
        """Return the data of an account that must refresh its token at its set-up."""
        return {"token": {"access_token": "stale", "refresh_token": "r", "expires_at": 0}}

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        seen = self.secrets_seen

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                seen.extend(urllib.parse.parse_qs(form)["client_secret"])
                body = json.dumps({"access_token": "fresh", "expires_in": 3600}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: pytest shows what fails."""

        return Handler


@contextlib.contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    with provider.serving():
        yield provider
