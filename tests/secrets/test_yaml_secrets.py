from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from appcreds_sync.model.reference import YamlSecretReference
from appcreds_sync.secrets import yaml_secrets
from appcreds_sync.secrets.yaml_secrets import YamlSecrets
from tests.secrets.references import problem, revealed

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.errors import Problem


@pytest.fixture
def near(tmp_path: Path) -> Path:
    (tmp_path / "near").mkdir()
    return tmp_path / "near" / "secrets.yaml"


@pytest.fixture
def far(tmp_path: Path) -> Path:
    return tmp_path / "secrets.yaml"


def read(name: str, *files: Path) -> Resolved | Problem:
    return YamlSecrets().read(YamlSecretReference(name, files))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("canary", "canary"),
        ('"can: ary"', "can: ary"),
        ("012", "012"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("yes", "yes"),
        ("2027-03-01", "2027-03-01"),
        ("1.10", "1.10"),
        ("|\n  canary\n", "canary"),
    ],
)
def test_a_value_is_the_text_that_was_written(far: Path, written: str, expected: str) -> None:
    far.write_text(f"secret: {written}\n")

    assert revealed(read("secret", far)) == expected


def test_the_nearest_file_that_has_the_name_wins(near: Path, far: Path) -> None:
    near.write_text("both: near\n")
    far.write_text("both: far\nonly_far: far\n")

    assert revealed(read("both", near, far)) == "near"
    assert revealed(read("only_far", near, far)) == "far"


def test_a_file_that_anyone_may_read_is_fine_here(far: Path) -> None:
    far.write_text("secret: canary")
    far.chmod(0o644)

    assert revealed(read("secret", far)) == "canary"


def test_a_file_that_anyone_may_write_is_refused(far: Path) -> None:
    far.write_text("secret: canary")
    far.chmod(0o666)

    assert problem(read("secret", far)).code == "file-writable-by-all"


def test_a_missing_name_is_guessed_and_the_files_are_listed(near: Path, far: Path) -> None:
    near.write_text("spotify_secret: canary\n")
    far.write_text("")

    found = problem(read("spotify_secrets", near, far))

    assert found.what == f"no `spotify_secrets` in {near}, {far}"
    assert found.hint == "did you mean `spotify_secret`?"


def test_a_missing_name_that_is_like_no_other(far: Path) -> None:
    far.write_text("spotify: canary\n")

    assert problem(read("google", far)).hint == "add the line `google: <value>`"


def test_no_file_at_all(near: Path, far: Path) -> None:
    found = problem(read("secret", near, far))

    assert found.code == "yaml-secrets-no-file"
    assert f"{near}, {far}" in found.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nsecret: 'canary\n", 3),
        ("a: b\n\tsecret: canary\n", 2),
        ("a: *canary\n", 1),
        ("secret: !<canary\n", 1),
        ("- canary\n", 1),
        ("canary", 1),
        ("a: b\n--- \ncanary: c\n", 2),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_never_its_content(
    far: Path, text: str, line: int
) -> None:
    far.write_text(text)

    found = problem(read("secret", far))

    assert found.code == "yaml-secrets-broken"
    assert str(found.where).startswith(f"{far}:{line}")
    assert "canary" not in str(found)


def test_control_characters_are_no_yaml(far: Path) -> None:
    far.write_bytes(b"secret: ca\x00nary\n")

    assert problem(read("secret", far)).where == str(far)


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
def test_an_escape_that_names_no_character(
    far: Path, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_secrets, "_LOADER", loader)
    far.write_text('secret: "canary\\UFFFFFFFF"\n')

    assert problem(read("secret", far)).code == "yaml-secrets-broken"


def test_a_file_nested_too_deeply(far: Path) -> None:
    far.write_text("secret: " + "[" * 20_000)

    assert problem(read("secret", far)).code == "yaml-secrets-broken"


def test_a_broken_near_file_does_not_give_way_to_a_far_one(near: Path, far: Path) -> None:
    near.write_text("secret: '")
    far.write_text("secret: canary")

    assert problem(read("secret", near, far)).code == "yaml-secrets-broken"


def test_a_name_written_twice_is_refused_with_both_lines(far: Path) -> None:
    far.write_text("secret: canary\nother: x\nsecret: canary2\n")

    found = problem(read("secret", far))

    assert found.code == "yaml-secrets-duplicate"
    assert "lines 1, 3" in found.what
    assert found.where == f"{far}:1"


def test_others_written_twice_do_not_matter_as_in_home_assistant(far: Path) -> None:
    far.write_text("secret: canary\nother: x\nother: y\n")

    assert revealed(read("secret", far)) == "canary"


@pytest.mark.parametrize("written", ["[canary]", "{a: canary}", "!include canary.yaml"])
def test_what_is_no_plain_value(far: Path, written: str) -> None:
    far.write_text(f"secret: {written}\n")

    found = problem(read("secret", far))

    assert found.code == "value-not-text"
    assert found.where == f"{far}:1"


@pytest.mark.parametrize("written", ["", "~", "null", "''", "' '"])
def test_an_empty_value(far: Path, written: str) -> None:
    far.write_text(f"secret: {written}\n")

    assert problem(read("secret", far)).code == "value-empty"


def test_an_alias_bomb_costs_nothing(far: Path) -> None:
    layers = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40))
    far.write_text(f"l0: &l0 [x]\n{layers}\nsecret: canary\n")

    assert revealed(read("secret", far)) == "canary"


def test_a_file_is_parsed_once_for_many_names(far: Path) -> None:
    far.write_text("a: canary\nb: canary2\n")
    secrets = YamlSecrets()
    secrets.read(YamlSecretReference("a", (far,)))
    far.unlink()

    assert revealed(secrets.read(YamlSecretReference("b", (far,)))) == "canary2"
