"""A real browser in which a person looks at Home Assistant's own pages."""

from __future__ import annotations

import base64
import json
import shutil
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self

from websockets.sync.client import connect

from tests.lab.api import answers, request
from tests.lab.ports import LOOPBACK, free_port
from tests.lab.processes import Process

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.home_assistant import HomeAssistant

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1100,640",
    # Nothing on any page may lead out of this machine.
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {LOOPBACK}",
)
_LARGEST_MESSAGE: Final = 64 * 2**20
_TEXT: Final = """
(() => {
  const read = (node) => [...node.childNodes].map((child) =>
    child.nodeType === Node.TEXT_NODE ? child.textContent
      : ['STYLE', 'SCRIPT'].includes(child.tagName) ? ''
      : (child.shadowRoot ? read(child.shadowRoot) : '') + ' ' + read(child)).join(' ');
  return read(document.documentElement);
})()
"""
"""All text of a page: Home Assistant's pages consist of shadow trees, which no dump shows."""


def binary() -> str | None:
    """Return the browser's path; None where there is none."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


class Chromium:
    """One browser window, without a screen."""

    def __init__(self, program: str, folder: Path) -> None:
        """Start it, with its profile below `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        flags = [
            *_FLAGS,
            f"--remote-debugging-port={port}",
            f"--user-data-dir={folder / 'profile'}",
        ]
        self._process = Process(
            [program, *flags, "about:blank"], folder / "chromium.log", {"HOME": str(folder)}
        )
        listing = f"http://{LOOPBACK}:{port}/json/list"
        self._process.wait_until(lambda: answers(listing), 60)
        self._process.wait_until(lambda: bool(_pages(listing)), 60)
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                _pages(listing)[0]["webSocketDebuggerUrl"],
                max_size=_LARGEST_MESSAGE,
                compression=None,
                ping_interval=None,
            )
        )
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._process.stop()

    def open_as_admin(self, home_assistant: HomeAssistant, path: str) -> None:
        """Open a page of Home Assistant in a window in which its admin has signed in before."""
        session = {
            "access_token": home_assistant.token,
            "token_type": "Bearer",
            "expires_in": 10**6,
            "expires": 10**15,
            "hassUrl": home_assistant.url,
            "clientId": f"{home_assistant.url}/",
            "refresh_token": "",
        }
        self._ask("Page.enable")
        keep = f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(session))})"
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=keep)
        self._ask("Page.navigate", url=f"{home_assistant.url}{path}")

    def wait_for(self, text: str) -> None:
        """Wait until `text` stands on the page; fail with what stands there instead."""
        deadline = time.monotonic() + 60
        while text not in (seen := self.text()):
            assert time.monotonic() < deadline, f"{text} is not on the page, but: {seen}"
            time.sleep(0.2)

    def text(self) -> str:
        """Return all text of the page."""
        answer = self._ask("Runtime.evaluate", expression=_TEXT, returnByValue=True)
        return " ".join(str(answer["result"].get("value", "")).split())

    def picture(self) -> bytes:
        """Return the window as PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.recv(60))
            if answer.get("id") == self._number:
                result: dict[str, Any] = answer["result"]
                return result


def _pages(listing: str) -> list[dict[str, Any]]:
    return [target for target in request("GET", listing) if target["type"] == "page"]
