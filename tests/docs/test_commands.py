from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import appcreds
from tests.docs.recorded import compare, names

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "docs/commands.md"


@pytest.mark.parametrize("name", names(_FILE))
def test_the_help_in_the_docs_is_what_the_command_prints(name: str, tmp_path: Path) -> None:
    command = name.removeprefix("appcreds-sync").split()

    ended = appcreds(*command, "--help", cwd=tmp_path)

    assert ended.code == 0
    compare(_FILE, name, f"$ {name} --help\n{ended.stdout}")


def test_every_command_is_in_the_docs(tmp_path: Path) -> None:
    _, _, listed = appcreds("--help", cwd=tmp_path).stdout.partition("Commands:\n")
    commands = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)

    assert names(_FILE) == ["appcreds-sync", *(f"appcreds-sync {name}" for name in commands)]


def test_every_help_shows_an_example(tmp_path: Path) -> None:
    for name in names(_FILE):
        command = name.removeprefix("appcreds-sync").split()
        assert "Example: appcreds-sync " in appcreds(*command, "--help", cwd=tmp_path).stdout
