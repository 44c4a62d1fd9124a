"""What was added from the command line, as a person sees it in Home Assistant's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.cli.command import appcreds
from tests.docs.recorded import RECORD, ROOT, compare
from tests.lab.onboarding import PASSWORD, USERNAME

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab import chromium
    from tests.lab.home_assistant import HomeAssistant

PICTURE: Final = ROOT / "docs" / "pictures" / "application-credentials.png"
RECORDED_ON: Final = "2025.4.4"
CLIENTS: Final = {
    "netatmo": "0123456789abcdef01234567",
    "spotify": "5fe01282e44241328a84e7c5cc169165",
}


def _go_to_the_credentials(tab: chromium.Tab, home_assistant: HomeAssistant) -> None:
    tab.screen(1100, 800)
    tab.open(home_assistant.url)
    tab.click("input[name=username]")
    tab.type_text(USERNAME)
    tab.click("input[name=password]")
    tab.type_text(PASSWORD)
    tab.click(text="Log in")
    tab.click(text="Settings")
    tab.click(text="Devices & services")
    tab.click("[slot=toolbar-icon] ha-icon-button, ha-button-menu")
    tab.click(text="Application credentials")


def test_the_page_shows_what_list_shows(
    home_assistant: HomeAssistant, desk: Desk, tab: chromium.Tab
) -> None:
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    env = {"TOKEN": home_assistant.token}
    for domain, client_id in CLIENTS.items():
        added = appcreds(
            *("add", domain, "--client-id", client_id, "--secret-stdin", "--sync"),
            cwd=desk.folder,
            env=env,
            stdin=f"canary-{domain}",
        )
        assert added.code == 0, added.printed

    _go_to_the_credentials(tab, home_assistant)
    for domain, client_id in CLIENTS.items():
        tab.wait_for_text(f"{domain} {client_id} {domain.capitalize()}")
    listed = desk.run("list", **env)

    assert "canary" not in tab.text() + listed.printed
    for domain, client_id in CLIENTS.items():
        assert f"{domain}  {client_id}" in listed.stdout
    if home_assistant.version == RECORDED_ON:
        compare("docs/page.md", "list", f"$ appcreds-sync list\n{listed.stdout}")
        if RECORD:
            tab.screen(1280, 480)
            PICTURE.write_bytes(tab.picture())


def test_the_docs_have_the_picture() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.name in (ROOT / "docs" / "page.md").read_text("utf-8")
