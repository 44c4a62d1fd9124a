"""A real OAuth provider whose clients, and whose manners, change while it runs."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

from tests.lab import node
from tests.lab.api import answers, request
from tests.lab.ports import LOOPBACK, free_port
from tests.lab.processes import Process

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCES: Final = Path(__file__).parent / "provider"


class Answer(StrEnum):
    """How the token endpoint answers; all but REAL force what a good provider won't do."""

    REAL = "real"
    OUTAGE = "outage"
    """503, in plain text."""
    RATE_LIMITED = "rate_limited"
    """429, with Retry-After."""
    HTML = "html"
    """200, with a page for people."""
    REDIRECT = "redirect"
    """302, to such a page."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The real answer, but called plain text."""
    ERROR_IN_200 = "error_in_200"
    """The real answer, but its status is 200, as at GitHub."""
    FORM_ENCODED = "form_encoded"
    """The real answer, but form-encoded, as at GitHub."""
    CODE_FIRST = "code_first"
    """400 invalid_grant to every code, without a look at the client."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What the provider remembers of one request for a token: no secret, no code, no token."""

    grant_type: str
    client_id: str
    client_auth: str
    """client_secret_post (as most of Home Assistant), client_secret_basic, both with +, or none."""
    status: int
    """The HTTP status of the answer; 0 for as long as there is none."""
    error: str
    """The `error` of the answer; empty where there is none."""


class Provider:
    """One provider on loopback. `url` is what its clients, and people's browsers, know it by."""

    def __init__(self, folder: Path) -> None:
        """Start it, with its log below `folder`, and wait until it answers."""
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "provider.log"
        self._port = free_port()
        self._script = _lay_out(folder)
        self.start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start it where it was before; it comes up without clients, accounts or tokens."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.log.parent)}
        command: list[str | Path] = [node.binary(), self._script, str(self._port)]
        self._process = Process(command, self.log, env)
        self._process.wait_until(
            lambda: answers(f"{self.url}/.well-known/openid-configuration"), 60
        )

    def stop(self) -> None:
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def register(
        self,
        client_id: str,
        client_secret: str,
        redirect_uris: Sequence[str],
        client_auth: str = "client_secret_post",
    ) -> None:
        """Add a client, or change one: what it got before goes on counting, its old secret not."""
        fields = {
            "client_secret": client_secret,
            "redirect_uris": list(redirect_uris),
            "token_endpoint_auth_method": client_auth,
            "grant_types": ["authorization_code", "refresh_token"],
        }
        self._admin("PUT", f"clients/{quote(client_id, safe='')}", fields)

    def unregister(self, client_id: str) -> None:
        self._admin("DELETE", f"clients/{quote(client_id, safe='')}")

    def answer(self, answer: Answer, *, delay: float = 0) -> None:
        """Answer all token requests like that from now on, each after `delay` seconds."""
        self._admin("PUT", "behaviour", {"answer": answer, "delay": delay})

    def requests(self) -> tuple[TokenRequest, ...]:
        """Return the token requests since the last `forget_requests`, oldest first."""
        return tuple(TokenRequest(**fields) for fields in self._admin("GET", "requests"))

    def forget_requests(self) -> None:
        self._admin("DELETE", "requests")

    def reset(self) -> None:
        """Take away what a test left: clients, the log, bad manners."""
        self.answer(Answer.REAL)
        self._admin("DELETE", "clients")
        self.forget_requests()

    def _admin(self, method: str, path: str, body: object = None) -> Any:
        return request(method, f"{self.url}/lab/{path}", body)


def _lay_out(folder: Path) -> Path:
    """Return the program to run: Node.js looks for packages beside it, and only there."""
    for script in SOURCES.glob("*.mjs"):
        shutil.copy(script, folder)
    (folder / "node_modules").symlink_to(node.install_packages(SOURCES) / "node_modules")
    return folder / "server.mjs"
