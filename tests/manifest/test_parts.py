"""Several files, read as one manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync import manifest
from appcreds_sync.model.errors import ManifestError
from tests.manifest.loading import CATALOGUE, HEAD, STORES

if TYPE_CHECKING:
    from pathlib import Path

FIRST = HEAD + STORES
SPOTIFY = "credentials:\n  spotify: {client_id: a, client_secret: file:./secret}\n"


def said(directory: Path, **parts: str) -> list[str]:
    for name, text in parts.items():
        (directory / f"{name}.yaml").write_text(text)
    with pytest.raises(ManifestError) as caught:
        manifest.load(directory, catalogue=CATALOGUE)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def test_sections_are_merged(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIRST + "absent: [{integration: netatmo, id: a}]\n")
    (tmp_path / "b.yaml").write_text(
        "version: 1\nstores: {cabin: {directory: cabin}}\n"
        "absent: [{integration: netatmo, id: b}]\n" + SPOTIFY
    )
    found = manifest.load(tmp_path, catalogue=CATALOGUE).manifest
    assert list(found.stores) == ["house", "cabin"]
    assert list(found.credentials) == ["spotify"]
    assert [rule.value for rule in found.absent] == ["a", "b"]
    assert found.credentials["spotify"].mark.file.endswith("b.yaml")


def test_a_name_in_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    assert said(tmp_path, a=FIRST + SPOTIFY, b="version: 1\n" + SPOTIFY) == [
        (
            "b.yaml:3:3: `spotify` stands twice in `credentials`, first at a.yaml:6:3; "
            "rename or remove one"
        )
    ]


@pytest.mark.parametrize(
    "line", ["owner: home", "vault: {}", "policy: {}", "store_defaults: {}", "former_owners: []"]
)
def test_a_section_that_may_stand_in_one_file_only(tmp_path: Path, line: str) -> None:
    first = FIRST if line in FIRST else f"{FIRST}{line}\n"
    (problem,) = said(tmp_path, a=first, b=f"version: 1\n{line}\n")
    key = line.split(":", maxsplit=1)[0]
    assert problem.startswith(f"b.yaml:2:1: `{key}` stands in two files, first at a.yaml:")


def test_a_later_version_is_said_once(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, a=FIRST.replace("version: 1", "version: 2"))

    assert problem.startswith("a.yaml:1:10: the version of the manifest's format is not 1; ")


def test_every_file_says_its_version(tmp_path: Path) -> None:
    assert said(tmp_path, a=FIRST, b="credentials: {}\n", c="version: 2\n", d="version: '1'\n") == [
        "b.yaml:1:1: there is no `version`; add `version: 1`; every file of a manifest has it",
        (
            "c.yaml:1:10: the version of the manifest's format is not 1; "
            "write `version: 1`; a later version needs a later appcreds-sync"
        ),
        (
            "d.yaml:1:10: the version of the manifest's format is not 1; "
            "write `version: 1`; a later version needs a later appcreds-sync"
        ),
    ]


def test_a_section_has_one_form_in_every_file(tmp_path: Path) -> None:
    assert said(tmp_path, a=FIRST, b="version: 1\nstores: [a]\n") == [
        "b.yaml:2:1: `stores` must be a mapping in every file; write it alike in each"
    ]


def test_problems_of_all_files_are_reported_together(tmp_path: Path) -> None:
    places = [
        problem.split(": ")[0]
        for problem in said(tmp_path, a=FIRST, b="[a", c="- a\n", d="version: 1\nx: y\n", e="")
    ]
    assert places == ["b.yaml:1:1", "c.yaml:1:1", "d.yaml:2:1", "e.yaml:1:1"]
