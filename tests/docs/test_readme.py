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
COMMANDS: Final = sorted(
    set(re.findall(r"^ *\$ (?:.*\| )?appcreds-sync ([a-z].*)$", README, re.MULTILINE))
)
"""Every call that the README shows, less the program's name."""
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

# What a block that shows one thing leaves out, by its first word.
REST: Final = {
    "version": "version: 1\n",
    "owner": "owner: home\n",
    "stores": "stores: {house: {url: 'http://homeassistant.local:8123', token: !secret t}}\n",
    "credentials": "credentials: {}\n",
}


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


def test_the_list_is_as_the_readme_shows(
    home_assistants: RunningHomeAssistants, tmp_path: Path
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    fields = f"client_id: {CLIENT}, client_secret: 'env://SECRET'"
    netatmo = "client_id: 0123456789abcdef, client_secret: 'env://SECRET', expires: 2031-03-01"
    store = f"stores: {{house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}}}\n"
    manifest = tmp_path / "appcreds.yaml"
    head = f"version: 1\nowner: home\n{store}credentials:\n  spotify: {{{fields}}}\n"
    manifest.write_text(head)
    env = {"TOKEN": home_assistant.token, "SECRET": "a-secret"}
    assert appcreds("sync", cwd=tmp_path, env=env).code == 0
    home_assistant.add_entry(domain="spotify", auth_implementation="home.spotify", title="Ann")
    home_assistant.create_item(domain="google", client_id="family.apps", client_secret="s")
    manifest.write_text(f"{head}  netatmo: {{{netatmo}}}\n")

    ended = appcreds("list", cwd=tmp_path, env=env)

    assert ended.code == 0
    compare("README.md", "list", f"$ appcreds-sync list\n{ended.stdout}")


@pytest.mark.parametrize("line", COMMANDS)
def test_what_the_readme_types_is_in_the_help(line: str, tmp_path: Path) -> None:
    command, *words = line.split()

    ended = appcreds(command, "--help", cwd=tmp_path)

    assert ended.code == 0, line
    flags = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert flags <= set(re.findall(r"--[a-z-]+", ended.stdout))


def test_the_readme_names_every_command(tmp_path: Path) -> None:
    _, _, listed = appcreds("--help", cwd=tmp_path).stdout.partition("Commands:\n")
    commands = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
    spans = re.findall(r"`(?:appcreds-sync )?([a-z]+)[^`]*`", README)

    assert set(commands) - set(spans) <= {"schema"}


def test_the_readme_declares_something() -> None:
    assert len(YAML_BLOCKS) >= 4


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
