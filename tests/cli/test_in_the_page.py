"""What was added from the command line, as a person sees it in Home Assistant's own page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import appcreds
from tests.docs.recorded import ROOT
from tests.lab import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

PICTURE: Final = ROOT / "docs" / "application-credentials.png"
# Read once, at import: tests run without the variables that speak to us.
_RECORD: Final = os.environ.get("APPCREDS_RECORD") == "1"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[chromium.Chromium]:
    program = chromium.binary()
    if program is None:
        pytest.skip("there is no Chromium here")
    with chromium.Chromium(program, tmp_path / "chromium") as running:
        yield running


def test_the_page_shows_what_list_shows(
    home_assistant: HomeAssistant, desk: Desk, browser: chromium.Chromium
) -> None:
    client_id = "5fe01282e44241328a84e7c5cc169165"
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    env = {"TOKEN": home_assistant.token}
    for domain, client in (("spotify", client_id), ("netatmo", "0123456789abcdef01234567")):
        added = appcreds(
            *("add", domain, "--client-id", client, "--secret-stdin", "--sync"),
            cwd=desk.folder,
            env=env,
            stdin=f"canary-{domain}",
        )
        assert added.code == 0, added.printed

    browser.open_as_admin(home_assistant, "/config/application_credentials")
    browser.wait_for(client_id)

    text = browser.text()
    assert "0123456789abcdef01234567" in text
    assert "canary" not in desk.run("list", **env).printed
    assert client_id in desk.run("list", **env).stdout
    if _RECORD and home_assistant.version == "2025.4.4":
        PICTURE.write_bytes(browser.picture())


def test_the_docs_have_the_picture() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
