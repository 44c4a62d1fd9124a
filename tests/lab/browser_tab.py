"""A real Chromium without a window, spoken to in its DevTools protocol."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Final, Self

from websockets.sync.client import connect

from tests.lab.processes import Process

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from websockets.sync.client import ClientConnection

_PROGRAM: Final = "chromium"
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    # Nothing but this machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_LARGEST_MESSAGE: Final = 64 * 2**20
_TIMEOUT: Final = 60


class ChromiumMissing(Exception):
    """There is no Chromium on this machine."""


class Tab:
    """One page, as its only visitor sees it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start a Chromium that lives as long as `stack`. Raise ChromiumMissing."""
        program = shutil.which(_PROGRAM)
        if program is None:
            raise ChromiumMissing
        profile = folder / "profile"
        folder.mkdir(parents=True, exist_ok=True)
        command = [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        process = stack.enter_context(Process(command, folder / "chromium.log", env))
        port_file = profile / "DevToolsActivePort"
        process.wait_until(lambda: port_file.exists() and "\n" in port_file.read_text(), 60)
        port = port_file.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30) as answer:
            (page,) = [row for row in json.load(answer) if row["type"] == "page"]
        address = page["webSocketDebuggerUrl"]
        self._socket: ClientConnection = stack.enter_context(
            connect(address, max_size=_LARGEST_MESSAGE, compression=None, proxy=None)
        )
        self._last = 0
        self.complaints: list[str] = []
        """What the browser wrote to its console: errors, and violations of policies."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, url: str) -> Self:
        """Open `url`, and wait until it has loaded."""
        self._call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")
        return self

    def script(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Return what a JavaScript expression is in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            # A page that is just being left can't answer.
            with contextlib.suppress(RuntimeError):
                if self.script(expression) is True:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"never true: {expression}; the page: {self._text()}")

    def _text(self) -> object:
        return self.script("document.body.innerText")

    def press(self, key: str) -> None:
        """Press one key, such as `Tab`."""
        for kind in ("keyDown", "keyUp"):
            code = {"Tab": 9}[key]
            self._call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
            )

    def screen(self, width: int, height: int, *, dark: bool = False) -> None:
        """Be a screen of that many pixels, of a person who likes it `dark`."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def without_scripts(self) -> None:
        """Run no page's scripts from now on."""
        self._call("Emulation.setScriptExecutionDisabled", value=True)

    def picture(self) -> bytes:
        """Return what is seen, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(_TIMEOUT))
            if message.get("id") == self._last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                result: dict[str, Any] = message["result"]
                return result
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"method": "Log.entryAdded", "params": {"entry": {"text": str(text)}}}:
                self.complaints.append(text)
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.complaints.append(str(details.get("text")))
            case _:
                pass
