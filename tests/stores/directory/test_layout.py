from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory.layout import Layout, ha_version, locate

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_directory_is_a_home_assistant_that_is_still_to_start(tmp_path: Path) -> None:
    assert locate(tmp_path) == Layout(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_used_directory_is_found(directory: Path) -> None:
    assert locate(directory).credentials.is_file()


def test_a_directory_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"does not exist; name the directory that holds"
    ) as caught:
        locate(tmp_path / "cabin")
    assert caught.value.problem.where == str(tmp_path / "cabin")


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cabin").touch()
    with pytest.raises(StoreError, match="is not a directory"):
        locate(tmp_path / "cabin")


def test_a_used_directory_without_storage_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".HA_VERSION").write_text("2026.11.0")
    with pytest.raises(StoreError, match=r"there is no directory \.storage"):
        locate(tmp_path)


def test_a_directory_of_other_things_is_refused_and_one_with_a_configuration_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "README.md").write_text("somebody's project")
    with pytest.raises(StoreError) as refused:
        locate(tmp_path)
    assert refused.value.problem.code == "storage-missing"
    assert "configuration.yaml" in refused.value.problem.hint
    (tmp_path / "configuration.yaml").touch()
    assert locate(tmp_path).directory == tmp_path


def test_a_file_named_storage_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".storage").touch()
    with pytest.raises(StoreError, match=r"there is no directory \.storage"):
        locate(tmp_path)


@pytest.mark.usefixtures("without_root")
def test_a_directory_that_may_not_be_entered_is_an_error_for_a_person(open_to_all: Path) -> None:
    closed = open_to_all / "closed"
    closed.mkdir(0o000)
    with pytest.raises(StoreError, match="run as the user that Home Assistant runs as"):
        locate(closed / "config")


@pytest.mark.parametrize(
    ("content", "expected"), [(b"2026.11.0", "2026.11.0"), (b" 1\n2\n", "1"), (b"", "")]
)
def test_the_version_is_the_first_line(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / ".HA_VERSION").write_bytes(content)
    assert ha_version(Layout(tmp_path)) == expected


def test_a_directory_that_no_home_assistant_has_used_has_no_version(tmp_path: Path) -> None:
    assert ha_version(Layout(tmp_path)) is None
