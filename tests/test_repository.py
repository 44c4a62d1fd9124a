"""Rules of the tree that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
LONGEST_MODULE: Final = 250

# A letter in brackets keeps each pattern from matching its own line, as this file is searched too.
FORBIDDEN: Final = re.compile(
    r"""
    p[y]pi\.org | p[y]thonhosted\.org | n[p]mjs\.org  # registries
    | --(index|find)-(url|links)[ =][^-\s]            # where packages come from
    | (?<![\w.}])/([r]oot|[w]ork)/\w                   # one machine's folders
    | (?<![\w.}])/[h]ome/\w+/
    | /\.p[y]env/
    """,
    re.VERBOSE,
)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 -- whichever git the person uses
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def _names(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


MODULES: Final = sorted((ROOT / "appcreds_sync").rglob("*.py"))
ROOMS: Final = [module for module in MODULES if module.name == "__init__.py"]


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in _tracked()
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("module", MODULES, ids=_names(MODULES))
def test_a_module_stays_short(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("room", ROOMS, ids=_names(ROOMS))
def test_each_room_says_what_lives_there(room: Path) -> None:
    assert ast.get_docstring(ast.parse(room.read_text("utf-8")))
