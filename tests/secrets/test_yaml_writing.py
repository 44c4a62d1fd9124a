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
from appcreds_sync.secrets.yaml_writing import missing_values, with_values, without_value

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


def test_a_file_that_would_be_too_large_to_be_read_is_left_alone(file: Path) -> None:
    with pytest.raises(SecretsError, match="larger than 1024 KiB"):
        with_values(file, b"three: 3\n", {"one": Secret("x" * 1024 * 1024)})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"one: canary-1\ntwo: 2\n", b"two: 2\n"),
        (b"# mine\r\none: canary-1 # c\r\ntwo: 2\r\n", b"# mine\r\ntwo: 2\r\n"),
        (b"two: 2\n\"one\" : 'canary-1'", b"two: 2\n"),
        (b"two: 2\n'one': canary-1\n", b"two: 2\n"),
        (b"\xef\xbb\xbfone: canary-1\ntwo: 2\n", b"two: 2\n"),
        (b"two: &x 2\none: *x\n", b"two: &x 2\n"),
        (b"one: canary-1\nones: [one, {one: 1}]\n", b"ones: [one, {one: 1}]\n"),
        (b"one: canary-1\n", b""),
    ],
)
def test_a_line_is_cut_out_and_the_rest_stays(file: Path, before: bytes, after: bytes) -> None:
    assert without_value(before, "one", file) == after


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b"one: &x canary-1\ntwo: *x\n", id="another needs its anchor"),
        pytest.param(b'one: "canary-1\nmore"\ntwo: 2\n', id="goes on in the first column"),
        pytest.param(b"one: canary-1\n  more\ntwo: 2\n", id="goes on below"),
        pytest.param(b"one: |\n  canary-1\ntwo: 2\n", id="a block"),
        pytest.param(b"one:\n  canary-1\n", id="below its name"),
        pytest.param(b"one:\n- canary-1\ntwo: 2\n", id="a list in the first column"),
        pytest.param(b"{one: canary-1, two: 2}\n", id="in braces"),
        pytest.param(b"? one\n: canary-1\n", id="a question mark"),
        pytest.param(b"two: |\n 2\n\none: canary-1\n...\n- x\n", id="not readable anyway"),
        pytest.param(b"two: 2\n", id="not there"),
        pytest.param(b'two: "2\none: canary-1"\n', id="a part of another value"),
    ],
)
def test_what_can_not_be_cut_out_is_left_alone(file: Path, before: bytes) -> None:
    with pytest.raises(SecretsError, match="can't be cut out") as raised:
        without_value(before, "one", file)
    assert "canary" not in str(raised.value)
