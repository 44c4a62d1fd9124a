from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import SecretsError
from appcreds_sync.model.reference import YamlSecretReference
from appcreds_sync.model.secret import Secret
from appcreds_sync.secrets.yaml_secrets import YamlSecrets
from appcreds_sync.secrets.yaml_writing import missing_values, with_values

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {"one": Secret("canary-1"), "two": Secret("canary-2")}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.yaml"


def write(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)


def test_all_are_missing_where_there_is_no_file(file: Path) -> None:
    assert missing_values(file, VALUES) == VALUES


def test_a_value_that_is_there_is_not_missing(file: Path) -> None:
    write(file, b"one: canary-1\n")
    assert list(missing_values(file, VALUES)) == ["two"]


def test_another_value_of_that_name_is_never_overwritten(file: Path) -> None:
    write(file, b"one: canary-other\ntwo: canary-other\n")
    with pytest.raises(SecretsError) as raised:
        missing_values(file, VALUES)
    assert [problem.code for problem in raised.value.problems] == ["yaml-secrets-occupied"] * 2
    assert "canary" not in str(raised.value)


def test_a_broken_file_is_an_error_and_not_an_empty_one(file: Path) -> None:
    write(file, b"one: [\n")
    with pytest.raises(SecretsError, match="no valid YAML"):
        missing_values(file, VALUES)


@pytest.mark.parametrize("before", [b"", b"# mine\nthree: 3 # c\n", b"three: 3"])
def test_lines_are_added_and_the_rest_stays(file: Path, before: bytes) -> None:
    after = with_values(file, before, VALUES)
    assert after.startswith(before)
    assert after.endswith(b'\none: "canary-1"\ntwo: "canary-2"\n' if before else b"\n")


@pytest.mark.parametrize("before", [b"{}\n", b"{three: canary-3}", b"three: canary-3\n...\n"])
def test_a_file_that_takes_no_lines_is_left_alone(file: Path, before: bytes) -> None:
    with pytest.raises(SecretsError, match="no lines can be added") as raised:
        with_values(file, before, VALUES)
    assert "canary" not in str(raised.value)


@given(
    st.text(min_size=1).filter(
        lambda text: text == text.strip() and all(unicodedata.category(c)[0] != "C" for c in text)
    )
)
def test_any_value_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    file = tmp_path_factory.mktemp("secrets") / "secrets.yaml"
    write(file, with_values(file, b"", {"one": Secret(value)}))
    found = YamlSecrets().read(YamlSecretReference("one", (file,)))
    assert isinstance(found, Resolved)
    assert found.value == Secret(value)
