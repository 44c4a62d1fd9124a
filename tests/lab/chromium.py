"""A real Chromium without a window, spoken to in its DevTools protocol."""

from __future__ import annotations

import base64
import json
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from websockets.sync.client import connect

from tests.lab.api import request
from tests.lab.ports import LOOPBACK
from tests.lab.processes import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
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
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {LOOPBACK}",
)
_LARGEST_MESSAGE: Final = 64 * 2**20
_TIMEOUT: Final = 60
_KEYS: Final = {"Tab": 9}
# Home Assistant's pages consist of shadow trees, which `innerText` leaves out.
_TEXT: Final = r"""
(() => {
  const read = (node) => [...node.childNodes].map((child) =>
    child.nodeType === Node.TEXT_NODE ? child.textContent
      : ['STYLE', 'SCRIPT'].includes(child.tagName) ? ''
      : (child.shadowRoot ? read(child.shadowRoot) : '') + ' ' + read(child)).join(' ');
  return read(document.documentElement).replace(/\s+/g, ' ').trim();
})()
"""
# Where the first thing is that is seen and matches a selector, or has just that text of its own.
_PLACE: Final = r"""
((selector, text) => {
  const all = (node) => [...node.querySelectorAll('*')].flatMap((child) =>
    [child, ...(child.shadowRoot ? all(child.shadowRoot) : [])]);
  const own = (node) => [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)
    .map((child) => child.textContent.trim()).join('');
  const box = all(document)
    .filter((node) => (selector ? node.matches(selector) : own(node) === text))
    .map((node) => node.getBoundingClientRect()).find((found) => found.width && found.height);
  return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
})
"""


class Tab:
    """One page, as its only visitor sees it."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak to the page at the other end of `socket`."""
        self._socket = socket
        self._last = 0
        self.complaints: list[str] = []
        """What the browser wrote to its console: errors, and violations of policies."""
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Open `url`, and wait until it has loaded."""
        self._call("Page.navigate", url=url)
        self.wait_until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def script(self, expression: str) -> Any:
        """Return what a JavaScript expression is in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def text(self) -> str:
        """Return all text of the page, whether it is seen or not, with single spaces."""
        return str(self.script(_TEXT))

    def wait_until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true. Raise TimeoutError with the page's text."""
        self._wait(lambda: self.script(expression) is True, f"never true: {expression}")

    def wait_for_text(self, text: str) -> None:
        """Wait until `text()` contains `text`. Raise TimeoutError with what it is instead."""
        self._wait(lambda: text in self.text(), f"never on the page: {text}")

    def _wait(self, ready: Callable[[], bool], problem: str) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            # A page that is just being left can't answer.
            with suppress(RuntimeError):
                if ready():
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{problem}; the page: {self.text()}")

    def click(self, selector: str = "", *, text: str = "") -> None:
        """Wait for what matches `selector`, or has just that `text`, to be seen; click on it."""
        wanted = f"{_PLACE}({json.dumps(selector)}, {json.dumps(text)})"
        places: list[object] = [None]

        def stands_still() -> bool:
            places.append(self.script(wanted))
            return places[-1] is not None and places[-1] == places[-2]

        self._wait(stands_still, f"never stood still on the page: {selector or text}")
        x, y = self.script(wanted)
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type_text(self, text: str) -> None:
        """Type `text`, letter by letter, into what was clicked on."""
        for letter in text:
            self._call("Input.dispatchKeyEvent", type="char", text=letter)

    def press(self, key: str) -> None:
        """Press one key, such as `Tab`."""
        code = _KEYS[key]
        for kind in ("keyDown", "keyUp"):
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


def binary() -> str | None:
    """Return the browser's path; None where there is none."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


@contextmanager
def new_tab(program: str, folder: Path) -> Iterator[Tab]:
    """Start the browser `program` with an empty profile in `folder`; yield its only tab."""
    profile = folder / "profile"
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    with Process(command, folder / "chromium.log", env) as process:
        port_file = profile / "DevToolsActivePort"
        process.wait_until(
            lambda: port_file.exists() and "\n" in port_file.read_text("utf-8"), _TIMEOUT
        )
        listing = f"http://{LOOPBACK}:{port_file.read_text('utf-8').splitlines()[0]}/json/list"
        process.wait_until(lambda: bool(_pages(listing)), _TIMEOUT)
        with connect(
            _pages(listing)[0],
            max_size=_LARGEST_MESSAGE,
            compression=None,
            ping_interval=None,
            proxy=None,
        ) as socket:
            yield Tab(socket)


def _pages(listing: str) -> list[str]:
    return [
        target["webSocketDebuggerUrl"]
        for target in request("GET", listing)
        if target["type"] == "page"
    ]
