"""The status page in a real Chromium."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY, Desk
from tests.docs.recorded import RECORD
from tests.lab.ports import free_port
from tests.watch.running import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import chromium

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"

_CONTRASTS: Final = """
(() => {
  const numbers = color => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = color => numbers(color).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const worst = [...document.querySelectorAll("h1, h2, h3, p, span, li, td, th, a, footer")]
    .filter(e => e.textContent.trim() && e.getClientRects().length)
    .map(e => [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => b - a))
    .map(([a, b]) => (a + 0.05) / (b + 0.05));
  return Math.min(...worst);
})()
"""

_TOUCH: Final = """
(() => {
  window.lead = document.querySelector(".lead");
  window.oldest = document.querySelector("tr:has(time):last-child");
  window.read = 0;  // times that a screen reader would have read the lead out
  new MutationObserver(() => window.read++).observe(
    document.querySelector("#lead .lead"),
    { subtree: true, childList: true, characterData: true, attributes: true });
  getSelection().selectAllChildren(document.querySelector("section td"));
  window.refreshed = 0;
  const before = window.fetch;
  window.fetch = (...all) => { window.refreshed++; return before(...all); };
})()
"""


@pytest.fixture
def page() -> Iterator[tuple[Desk, Watch, str]]:
    """A daemon with one credential in place and one whose secret can't be read."""
    # Not pytest's: its long path would be in the pictures.
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        yield from _page(Path(folder))


def _page(folder: Path) -> Iterator[tuple[Desk, Watch, str]]:
    (folder / "ha").mkdir()
    port = free_port()
    desk = Desk(folder)
    expires = f"{SPOTIFY}    expires: 2099-03-01\n"
    desk.declare(expires, NETATMO, head=f"watch: {{listen: '127.0.0.1:{port}'}}\n")
    desk.secrets(spotify="spotify-1")
    with Watch(folder) as watch:
        watch.next("turn", state="needs-a-person")
        yield desk, watch, f"http://127.0.0.1:{port}/"


def test_a_change_appears_without_a_click(page: tuple[Desk, Watch, str], tab: chromium.Tab) -> None:
    desk, watch, url = page
    tab.open(url)
    assert "held back" in tab.script("document.body.innerText")
    tab.script("window.same = true")

    desk.secrets(spotify="spotify-1", netatmo="netatmo-1")
    watch.next("turn", state="in-sync")
    tab.wait_until("document.body.innerText.includes('1 store as the manifest says')")

    assert tab.script("window.same") is True  # not loaded anew: focus and scroll position stay
    assert tab.complaints == []


def test_what_stays_the_same_is_left_alone(
    page: tuple[Desk, Watch, str], tab: chromium.Tab
) -> None:
    desk, watch, url = page
    tab.open(url)
    tab.script(_TOUCH)
    tab.wait_until("window.refreshed > 1")
    assert tab.script("[String(getSelection()), lead.isConnected, window.read]") == [
        "spotify",
        True,
        0,
    ]

    desk.secrets(spotify="spotify-1", netatmo="netatmo-1")
    watch.next("turn", state="in-sync")
    tab.wait_until("document.body.innerText.includes('1 store as the manifest says')")

    # A turn more stands above the others, and a row differs; what was held is still held.
    assert tab.script("[String(getSelection()), lead.isConnected, oldest.isConnected]") == [
        "spotify",
        True,
        True,
    ]
    assert tab.script("lead.innerText") == "1 store as the manifest says"
    assert tab.script("[...document.querySelectorAll('time')].at(-1).closest('tr') === oldest")


def test_it_says_when_the_daemon_is_gone(page: tuple[Desk, Watch, str], tab: chromium.Tab) -> None:
    _, watch, url = page
    tab.open(url)
    watch.stop()

    tab.wait_until("document.getElementById('stale').getClientRects().length > 0")


def test_it_renews_itself_without_scripts(page: tuple[Desk, Watch, str], tab: chromium.Tab) -> None:
    desk, watch, url = page
    tab.without_scripts()
    tab.open(url)
    desk.secrets(spotify="spotify-1", netatmo="netatmo-1")
    watch.next("turn", state="in-sync")

    tab.wait_until("document.body.innerText.includes('1 store as the manifest says')")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_it_can_be_read_on_any_screen(
    page: tuple[Desk, Watch, str], tab: chromium.Tab, width: int, *, dark: bool
) -> None:
    tab.screen(width, 900, dark=dark)
    tab.open(page[2])

    # WCAG 2.2: no scrolling in two directions at 320 pixels, and a contrast of 4.5.
    assert tab.script("document.documentElement.scrollWidth") <= width
    assert tab.script(_CONTRASTS) >= 4.5
    if RECORD and width > 320:
        PICTURES.mkdir(exist_ok=True)
        name = f"status-{'dark' if dark else 'light'}.png"
        (PICTURES / name).write_bytes(tab.picture())


def test_it_can_be_used_by_keyboard(page: tuple[Desk, Watch, str], tab: chromium.Tab) -> None:
    tab.open(page[2])
    reached = []
    for _ in range(2):
        tab.press("Tab")
        reached.append(tab.script("document.activeElement.textContent"))

    assert reached == ["metrics", "readiness"]
    assert tab.script("getComputedStyle(document.activeElement).outlineStyle") == "solid"
