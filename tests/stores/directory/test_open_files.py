from __future__ import annotations

import os
from typing import TYPE_CHECKING

from appcreds_sync.stores.directory.open_files import Writer, find_writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stores.directory.conftest import Holder


def test_a_process_that_writes_is_found(tmp_path: Path, another_process: Holder) -> None:
    log = tmp_path / "log"
    with another_process("file = open(path, 'a')", log) as pid:
        assert find_writer([tmp_path / "other", log]) == Writer(pid, log)
    assert find_writer([log]) is None


def test_it_is_found_by_another_name_of_the_file(tmp_path: Path, another_process: Holder) -> None:
    log, other = tmp_path / "log", tmp_path / "other"
    log.touch()
    os.link(log, other)
    with another_process("file = open(path, 'a')", log) as pid:
        assert find_writer([other]) == Writer(pid, other)


def test_a_process_that_only_reads_is_none(tmp_path: Path, another_process: Holder) -> None:
    log = tmp_path / "log"
    log.touch()
    with another_process("file = open(path)", log):
        assert find_writer([log]) is None


def test_we_ourselves_are_none(tmp_path: Path) -> None:
    with (tmp_path / "log").open("a"):
        assert find_writer([tmp_path / "log"]) is None


def test_a_system_without_proc_finds_none(tmp_path: Path, another_process: Holder) -> None:
    log = tmp_path / "log"
    with another_process("file = open(path, 'a')", log):
        assert find_writer([log], tmp_path / "no-proc") is None
