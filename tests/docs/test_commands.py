from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.cli.command import appcreds
from tests.docs.recorded import compare_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TOP = """\
# Commands

What each `--help` says, recorded. Results go to stdout, logs and warnings to stderr.
"""


def test_the_page_says_what_each_help_says(tmp_path: Path) -> None:
    sections = (
        f"\n## {name}\n\n```console\n$ {name} --help\n{text}```\n"
        for name, text in _helps(tmp_path)
    )

    compare_all("docs/commands.md", _TOP + "".join(sections))


def test_every_help_shows_an_example(tmp_path: Path) -> None:
    without = [name for name, text in _helps(tmp_path) if "Example: appcreds-sync " not in text]

    assert without == []


def _helps(cwd: Path) -> Iterator[tuple[str, str]]:
    """Yield the program and each of its commands, with what `--help` says."""
    top = appcreds("--help", cwd=cwd).stdout
    yield "appcreds-sync", top
    _, _, listed = top.partition("Commands:\n")
    for command in re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE):
        ended = appcreds(command, "--help", cwd=cwd)
        assert ended.code == 0, ended.stderr
        yield f"appcreds-sync {command}", ended.stdout
