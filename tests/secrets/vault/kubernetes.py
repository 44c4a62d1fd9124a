"""Answers, on loopback, the one question that OpenBao asks Kubernetes: whose token it is."""

from __future__ import annotations

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.lab.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab.certificates import Certificates

_REVIEW = {
    "apiVersion": "authentication.k8s.io/v1",
    "kind": "TokenReview",
    "status": {
        "authenticated": True,
        "audiences": ["vault"],
        "user": {"username": "system:serviceaccount:home:sync", "uid": "uid-1"},
    },
}


class _TokenReview(BaseHTTPRequestHandler):
    """Says of every token that it is the service account `sync` of the namespace `home`."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        content = json.dumps(_REVIEW).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
        """Say nothing."""


@contextmanager
def token_reviewer(certificates: Certificates) -> Iterator[str]:
    """Run one, and yield its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server.certificate, certificates.server.key)
    with ThreadingHTTPServer((LOOPBACK, 0), _TokenReview) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"https://{LOOPBACK}:{server.server_address[1]}"
        server.shutdown()
        thread.join()
