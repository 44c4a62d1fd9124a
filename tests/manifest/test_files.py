"""The files of a manifest."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from appcreds_sync import manifest
from appcreds_sync.manifest import find
from appcreds_sync.model.errors import ManifestError
from tests.manifest.loading import CATALOGUE, HEAD, OTHER_STORE, STORES, load


def test_the_argument_comes_first_then_the_environment_then_the_defaults(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml", "appcreds.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "appcreds").mkdir()
    environ = {"APPCREDS_MANIFEST": "b.yaml"}
    assert find("a.yaml", environ, tmp_path) == tmp_path / "a.yaml"
    assert find(str(tmp_path / "a.yaml"), {}, tmp_path) == tmp_path / "a.yaml"
    assert find(None, environ, tmp_path) == tmp_path / "b.yaml"
    assert find(None, {}, tmp_path) == tmp_path / "appcreds.yaml"
    (tmp_path / "appcreds.yaml").unlink()
    assert find(None, {}, tmp_path) == tmp_path / "appcreds"


@pytest.mark.parametrize(
    ("argument", "environ", "expected"),
    [
        ("x.yaml", {}, "there is no manifest `x.yaml`; check the path"),
        (None, {"APPCREDS_MANIFEST": "x.yaml"}, "`x.yaml` ($APPCREDS_MANIFEST names it)"),
        (None, {}, "no ./appcreds.yaml, no ./appcreds/; run `appcreds-sync init`"),
    ],
)
def test_what_was_looked_for_is_said(
    tmp_path: Path, argument: str | None, environ: dict[str, str], expected: str
) -> None:
    with pytest.raises(ManifestError, match=re.escape(expected)):
        find(argument, environ, tmp_path)


@pytest.mark.parametrize(("argument", "where"), [("x" * 300, "x" * 300), (None, "appcreds.yaml")])
def test_what_can_not_be_looked_for_is_said(
    tmp_path: Path, argument: str | None, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stat(self: Path, **_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    if argument is None:  # root may enter every folder
        monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(ManifestError, match="can't be read") as caught:
        find(argument, {}, tmp_path)
    assert str(caught.value.problem.where).endswith(where)


def test_a_file_below_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ManifestError) as caught:
        load(tmp_path, "")
    assert caught.value.problem.where == "appcreds.yaml:1:1"


def test_a_directory_is_its_yaml_files_but_dot_files_and_secrets(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(HEAD + STORES)
    (tmp_path / "a.yaml").write_text("version: 1\ncredentials: {}\n")
    (tmp_path / "linked.yaml").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text("version: 1\npolicy: {max_deletes: 7}\n")
    for name in ("secrets.yaml", ".hidden.yaml", "notes.txt"):
        (tmp_path / name).write_text("{ not read")
    (tmp_path / "below.yaml").mkdir()
    loaded = manifest.load(tmp_path, catalogue=CATALOGUE)
    assert [path.name for path in loaded.manifest.files] == ["a.yaml", "b.yml", "linked.yaml"]
    assert loaded.manifest.policy.max_deletes == 7


def test_a_directory_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"is no .* file in this directory"):
        manifest.load(tmp_path, catalogue=CATALOGUE)


def test_a_file_that_can_t_be_read(tmp_path: Path) -> None:
    (tmp_path / "appcreds.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ManifestError, match="it can't be read: No such file or directory"):
        manifest.load(tmp_path / "appcreds.yaml", catalogue=CATALOGUE)


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(ManifestError, match="larger than 8 MiB"):
        manifest.load(Path("/dev/zero"), catalogue=CATALOGUE)


def test_a_pipe_is_read() -> None:
    read, write = os.pipe()
    os.write(write, (HEAD + STORES + OTHER_STORE).encode())
    os.close(write)
    loaded = manifest.load(Path(f"/dev/fd/{read}"), catalogue=CATALOGUE)
    os.close(read)
    assert set(loaded.manifest.stores) == {"house", "cabin"}
