from __future__ import annotations

import datetime as dt
import threading
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.finding import Level
from appcreds_sync.model.manifest import LiveStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import ReferenceText
from appcreds_sync.model.secret import Secret
from appcreds_sync.stores.home_assistant import about, checkup
from appcreds_sync.stores.home_assistant.about import About

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = Mark("appcreds.yaml", 1, 1)
TOKEN = ReferenceText("env://TOKEN", "url", MARK, Path("/"), Path("/"))
HEALTHY = About(
    "2025.4.4", is_admin=True, components=frozenset({"application_credentials"}), integrations={}
)


def _spec(url: str, *, verify_tls: bool = True) -> LiveStoreSpec:
    return LiveStoreSpec("house", url, TOKEN, frozenset(), MARK, verify_tls=verify_tls)


class _AnHourAhead(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        self.send_response_only(200)
        self.send_header("Date", format_datetime(now, usegmt=True))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def an_hour_ahead() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _AnHourAhead)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def _codes(
    monkeypatch: pytest.MonkeyPatch, told: About, spec: LiveStoreSpec, *wanted: str
) -> dict[str, Level]:
    async def read(*_: object) -> About:
        return told

    monkeypatch.setattr(checkup, "read_about", read)
    found = await checkup.examine(spec, Secret("t"), wanted)
    return {finding.problem.code: finding.level for finding in found}


async def test_a_clock_that_is_off_is_told(
    an_hour_ahead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    skew = await about.clock_skew(_spec(an_hour_ahead), Secret("t"))

    assert skew is not None
    assert 3590 < skew.total_seconds() < 3610
    found = await _codes(monkeypatch, HEALTHY, _spec(an_hour_ahead))
    assert found["clock-skew"] is Level.WARNING


async def test_who_has_no_clock_to_show_has_no_skew() -> None:
    assert await about.clock_skew(_spec("http://127.0.0.1:1"), Secret("t")) is None


@pytest.mark.parametrize(
    ("url", "code", "level"),
    [
        ("https://house.example.org", "tls", Level.OK),
        ("http://house.example.org:8123", "no-tls", Level.WARNING),
        ("http://8.8.8.8:8123", "no-tls", Level.WARNING),
    ],
)
async def test_tls_is_asked_for_beyond_the_home(
    url: str, code: str, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_clock(*_: object) -> None:
        return None

    monkeypatch.setattr(checkup, "clock_skew", no_clock)

    assert (await _codes(monkeypatch, HEALTHY, _spec(url)))[code] is level


async def test_at_home_plain_http_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_clock(*_: object) -> None:
        return None

    monkeypatch.setattr(checkup, "clock_skew", no_clock)
    for host in ("homeassistant.local", "homeassistant", "192.168.1.7", "[::1]"):
        assert "no-tls" not in await _codes(monkeypatch, HEALTHY, _spec(f"http://{host}:8123"))


async def test_an_unchecked_certificate_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_clock(*_: object) -> None:
        return None

    monkeypatch.setattr(checkup, "clock_skew", no_clock)
    found = await _codes(monkeypatch, HEALTHY, _spec("https://h", verify_tls=False))

    assert found["tls-not-verified"] is Level.WARNING


async def test_what_is_too_old_broken_or_not_loaded_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = _spec("http://127.0.0.1:1")
    old = About("2023.12.1", HEALTHY.is_admin, HEALTHY.components, {})
    broken = About("2025.4.4", HEALTHY.is_admin, HEALTHY.components, None)
    bare = About("2025.4.4", HEALTHY.is_admin, frozenset(), None, recovery_mode=True)

    assert (await _codes(monkeypatch, old, local))["version-old"] is Level.WARNING
    found = await _codes(monkeypatch, broken, local, "spotify")
    assert found["integrations-unknown"] is Level.ERROR
    assert (await _codes(monkeypatch, bare, local))["store-recovery-mode"] is Level.ERROR
