from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def test_says_what_it_found_valid(desk: Desk) -> None:
    ended = desk.run("validate")

    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout == "appcreds.yaml: valid, 2 credentials for 1 store\n"


def test_needs_no_secret_and_no_store(desk: Desk) -> None:
    (desk.folder / "secrets.yaml").unlink()
    (desk.folder / "ha").rmdir()

    assert desk.run("validate").code == 0


def test_lists_every_error_with_its_place(desk: Desk) -> None:
    desk.declare(SPOTIFY.replace("client_id:", "client_ID:"), "  Net: {}\n")

    ended = desk.run("validate")

    assert (ended.code, ended.stdout) == (1, "")
    errors = ended.stderr.splitlines()
    assert len(errors) >= 2
    assert all(line.startswith("error: appcreds.yaml:") for line in errors)


def test_errors_as_json_say_the_same(desk: Desk) -> None:
    desk.declare(SPOTIFY.replace("client_id:", "client_ID:"))

    ended = desk.run("validate", "--format", "json")

    answer = json.loads(ended.stdout)
    assert (ended.code, ended.stderr, answer["valid"]) == (1, "", False)
    assert answer["errors"][0]["where"].startswith("appcreds.yaml:")
    assert {"code", "what", "hint", "where"} == set(answer["errors"][0])


@pytest.mark.parametrize("entry", [NETATMO, "  spotifi: {}\n", SPOTIFY.replace("y:", "i:", 1)])
def test_the_json_is_as_its_schema_says(desk: Desk, entry: str) -> None:
    desk.declare(entry)

    ended = desk.run("validate", "--format", "json")

    answer = json.loads(ended.stdout)
    check("validate", answer)
    assert answer["valid"] == (answer["errors"] == []) == (ended.code == 0)


def test_warnings_are_no_errors(desk: Desk) -> None:
    desk.declare(SPOTIFY.replace("spotify:", "spotifi:"))

    as_text, as_json = desk.run("validate"), desk.run("validate", "--format", "json")

    assert (as_text.code, as_json.code) == (0, 0)
    assert as_text.stderr.startswith("warning: appcreds.yaml:")
    assert "did you mean `spotify`?" in as_text.stderr
    assert len(json.loads(as_json.stdout)["warnings"]) == 1


def test_finds_the_manifest_by_argument_variable_or_habit(desk: Desk) -> None:
    desk.declare(SPOTIFY, name="other.yaml")
    one = "other.yaml: valid, 1 credential for 1 store\n"

    assert desk.run("validate", "other.yaml").stdout == one
    assert desk.run("validate", APPCREDS_MANIFEST="other.yaml").stdout == one
    assert desk.run("validate").stdout.startswith("appcreds.yaml: ")


def test_without_a_manifest_it_says_where_it_looked(desk: Desk) -> None:
    (desk.folder / "appcreds.yaml").unlink()

    ended = desk.run("validate")

    assert ended.code == 1
    assert "appcreds.yaml" in ended.stderr
    assert "appcreds-sync init" in ended.stderr
