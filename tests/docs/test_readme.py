from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import appcreds
from tests.docs.recorded import ROOT

if TYPE_CHECKING:
    from pathlib import Path

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
