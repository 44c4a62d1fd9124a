"""What was added from the command line, as a person sees it in Home Assistant's own page."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from tests.cli.command import appcreds
from tests.docs.recorded import ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab import chromium
    from tests.lab.home_assistant import HomeAssistant

PICTURE: Final = ROOT / "docs" / "application-credentials.png"
# Read once, at import: tests run without the variables that speak to us.
_RECORD: Final = os.environ.get("APPCREDS_RECORD") == "1"


def _sign_in(tab: chromium.Tab, home_assistant: HomeAssistant) -> None:
    """Make it a tab in which Home Assistant's admin has signed in before."""
    session = {
        "access_token": home_assistant.token,
        "token_type": "Bearer",
        "expires_in": 10**6,
        "expires": 10**15,
        "hassUrl": home_assistant.url,
        "clientId": f"{home_assistant.url}/",
        "refresh_token": "",
    }
    tab.remember("hassTokens", json.dumps(session))


def test_the_page_shows_what_list_shows(
    home_assistant: HomeAssistant, desk: Desk, tab: chromium.Tab
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

    tab.screen(1100, 497)
    _sign_in(tab, home_assistant)
    tab.open(f"{home_assistant.url}/config/application_credentials")
    tab.wait_for_text(client_id)

    assert "0123456789abcdef01234567" in tab.text()
    assert "canary" not in desk.run("list", **env).printed
    assert client_id in desk.run("list", **env).stdout
    if _RECORD and home_assistant.version == "2025.4.4":
        PICTURE.write_bytes(tab.picture())


def test_the_docs_have_the_picture() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
