from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory.layout import Layout
from appcreds_sync.stores.directory.locks import Lock, try_lock
from appcreds_sync.stores.directory.running import home_assistant_kept_out
from tests.stores.directory.builders import config_directory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stores.directory.conftest import Holder

TAKE_LOCK = "file = open(path, 'a+'); fcntl.flock(file, fcntl.LOCK_EX)"


def verdict(directory: Path, *, declared: bool = False) -> str:
    try:
        with home_assistant_kept_out(Layout(directory), declared_stopped=declared):
            return "free"
    except StoreError as error:
        return error.problem.code


@pytest.mark.parametrize("declared", [False, True])
def test_a_held_lock_is_a_running_home_assistant_whatever_a_person_says(
    directory: Path, another_process: Holder, *, declared: bool
) -> None:
    with another_process(TAKE_LOCK, directory / ".ha_run.lock"):
        assert verdict(directory, declared=declared) == "home-assistant-running"
    assert verdict(directory) == "free"


def test_a_first_start_is_seen_before_there_is_a_version(
    tmp_path: Path, another_process: Holder
) -> None:
    with another_process(TAKE_LOCK, tmp_path / ".ha_run.lock"):
        assert verdict(tmp_path) == "home-assistant-running"


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("name", ["home-assistant.log", "home-assistant_v2.db-wal"])
def test_an_older_home_assistant_is_known_by_its_open_files(
    directory: Path, another_process: Holder, name: str, *, declared: bool
) -> None:
    (directory / ".HA_VERSION").write_text("2025.4.4")
    with another_process("file = open(path, 'a')", directory / name):
        assert verdict(directory, declared=declared) == "home-assistant-running"


def test_other_programs_may_keep_files_in_the_directory(
    directory: Path, another_process: Holder
) -> None:
    (directory / ".HA_VERSION").write_text("2025.4.4")
    with another_process("file = open(path, 'a')", directory / "zigbee2mqtt.log"):
        assert verdict(directory, declared=True) == "free"


@pytest.mark.parametrize("version", ["2025.9.4", "2024.3.3", "0.118.5", "", "a fork"])
def test_a_version_that_takes_no_lock_needs_a_persons_word(directory: Path, version: str) -> None:
    (directory / ".HA_VERSION").write_text(version)
    with (
        pytest.raises(StoreError, match="--home-assistant-is-stopped"),
        home_assistant_kept_out(Layout(directory), declared_stopped=False),
    ):
        pass
    assert verdict(directory, declared=True) == "free"


@pytest.mark.parametrize("version", ["2025.10.0", "2025.10.0b1", "2026.1.0.dev0", "2030.1"])
def test_a_version_that_takes_a_lock_is_believed(directory: Path, version: str) -> None:
    (directory / ".HA_VERSION").write_text(version)
    assert verdict(directory) == "free"


def test_a_copy_without_the_lock_file_needs_a_persons_word(directory: Path) -> None:
    (directory / ".ha_run.lock").unlink()
    assert verdict(directory) == "home-assistant-unknown"
    assert not (directory / ".ha_run.lock").exists()


def test_a_directory_that_no_home_assistant_has_used_is_free(tmp_path: Path) -> None:
    assert verdict(config_directory(tmp_path, version=None)) == "free"


def test_no_home_assistant_can_start_meanwhile(directory: Path) -> None:
    with (
        home_assistant_kept_out(Layout(directory), declared_stopped=False),
        # What a starting Home Assistant does, which then exits with 1.
        try_lock(directory / ".ha_run.lock") as lock,
    ):
        assert lock is Lock.THEIRS
    with try_lock(directory / ".ha_run.lock") as lock:
        assert lock is Lock.OURS
