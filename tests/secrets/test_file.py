from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.reference import FileReference
from appcreds_sync.secrets import file
from tests.secrets.references import problem, revealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.errors import Problem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("canary\n")
    path.chmod(0o600)
    return path


def code_of(path: Path) -> str:
    return problem(file.read(FileReference(path), {})[0]).code


def warning_for(path: Path, environ: Mapping[str, str] | None = None) -> Problem | None:
    reading, warning = file.read(FileReference(path), environ or {})
    assert revealed(reading) == "canary"
    return warning


def test_a_file_is_read_without_its_last_line_break(path: Path) -> None:
    assert warning_for(path) is None


def test_a_byte_order_mark_is_no_part_of_the_value(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfcanary\r\n")

    assert warning_for(path) is None


def test_a_link_is_followed_as_kubernetes_needs_it(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(path)

    assert warning_for(tmp_path / "link") is None


@pytest.mark.parametrize("mode", [0o602, 0o622, 0o666])
def test_a_file_that_anyone_may_write_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)

    found = problem(file.read(FileReference(path), {})[0])

    assert found.code == "file-writable-by-all"
    assert f"chmod o-w {path}" in found.hint


def test_a_file_that_anyone_may_read_is_read_with_a_warning(path: Path) -> None:
    path.chmod(0o644)

    warning = warning_for(path)

    assert warning is not None
    assert warning.code == "file-readable-by-all"
    assert str(path) in warning.hint


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_owner_and_group_are_trusted(path: Path, mode: int) -> None:
    path.chmod(mode)

    assert warning_for(path) is None


def test_systemds_credentials_are_not_warned_about(path: Path) -> None:
    path.chmod(0o644)

    assert warning_for(path, {"CREDENTIALS_DIRECTORY": str(path.parent)}) is None


def test_a_path_that_leaves_the_guarded_folder_is_warned_about(path: Path, tmp_path: Path) -> None:
    path.chmod(0o644)
    (tmp_path / "credentials").mkdir()
    guarded = tmp_path / "credentials"

    warning = warning_for(guarded / ".." / "token", {"CREDENTIALS_DIRECTORY": str(guarded)})

    assert warning is not None


def test_the_folders_of_docker_and_kubernetes_are_not_warned_about(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(0o644)
    monkeypatch.setattr(file, "_GUARDED_FOLDERS", (str(path.parent),))

    assert warning_for(path) is None


def test_a_missing_file(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing") == "file-missing"


def test_a_directory(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "file-is-directory"


def test_a_file_below_a_file(path: Path) -> None:
    assert code_of(path / "token") == "file-unreadable"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    assert code_of(tmp_path / "pipe") == "file-not-regular"


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")

        assert code_of(tmp_path / "socket") == "file-unreadable"


def test_a_file_that_we_may_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, and tests run as root in many a container.
    monkeypatch.setattr(os, "open", refuse)

    assert code_of(path) == "file-forbidden"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "value-empty"),
        (b" \n", "value-empty"),
        (b"\xff\xfecanary", "file-not-utf8"),
        (b"canary\ntail", "value-control-character"),
        (b"x" * (64 * 1024 + 1), "file-too-large"),
    ],
)
def test_content_that_can_be_no_value(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)

    found = problem(file.read(FileReference(path), {})[0])

    assert found.code == code
    assert str(path) in found.what
    assert "canary" not in str(found)


def test_the_largest_file_is_read(path: Path) -> None:
    path.write_bytes(b"x" * 64 * 1024)

    assert len(revealed(file.read(FileReference(path), {})[0])) == 64 * 1024


def test_a_file_without_a_true_size_is_bounded_too() -> None:
    # What /proc says is 0 bytes long; most of its files may be read by all.
    content = file.read_text(Path("/proc/self/status"), 16)

    assert not isinstance(content, file.FileText)
    assert content.code == "file-too-large"
