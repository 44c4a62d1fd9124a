from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import appcreds
from tests.docs.recorded import ROOT, compare

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningHomeAssistants

CLIENT: Final = "5fe01282e44241328a84e7c5cc169165"
README: Final = (ROOT / "README.md").read_text("utf-8")
YAML_BLOCKS: Final = re.findall(r"^ *```yaml\n(.*?)^ *```$", README, re.DOTALL | re.MULTILINE)
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

# What a block that shows one thing leaves out, by its first word.
REST: Final = {
    "version": "version: 1\n",
    "owner": "owner: home\n",
    "stores": "stores: {house: {url: 'http://homeassistant.local:8123', token: !secret t}}\n",
    "credentials": "credentials: {}\n",
}


def test_import_ends_as_the_readme_shows(
    home_assistants: RunningHomeAssistants, tmp_path: Path
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    item = home_assistant.create_item(domain="spotify", client_id=CLIENT, client_secret="s")
    home_assistant.add_entry(domain="spotify", auth_implementation=item["id"], title="Ann")
    home = ("--url", home_assistant.url, "--token-stdin")
    appcreds("init", *home, cwd=tmp_path, stdin=home_assistant.token)
    screen = ""

    for command in ("import --store house", "plan"):
        ended = appcreds(*command.split(), cwd=tmp_path)
        assert (ended.code, ended.stderr) == (0, "")
        screen += f"$ appcreds-sync {command}\n{ended.stdout}"

    compare("README.md", "import", screen)
    assert f"auth_domain: {item['id']}" in (tmp_path / "appcreds.yaml").read_text("utf-8")
    assert "spotify" in (tmp_path / "secrets.yaml").read_text("utf-8")


@pytest.mark.parametrize("block", YAML_BLOCKS)
def test_what_the_readme_declares_is_valid(block: str, tmp_path: Path) -> None:
    indent = len(block) - len(block.lstrip(" "))
    lines = [line[indent:] for line in block.splitlines()]
    text = "\n".join(lines) + "\n"
    there = re.findall(r"^(\w+):", text, re.MULTILINE)
    rest = "".join(line for key, line in REST.items() if key not in there)
    (tmp_path / "appcreds.yaml").write_text(rest + text)

    ended = appcreds("validate", cwd=tmp_path)

    assert (ended.code, ended.stderr) == (0, "")


def test_the_readme_declares_something() -> None:
    assert len(YAML_BLOCKS) >= 4


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
