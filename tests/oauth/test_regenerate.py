"""The shipped catalogue beside a real Home Assistant."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.oauth.regenerate import SHIPPED, differences, merged, read_installed
from tests.lab import environments
from tests.lab.pythons import PythonMissing
from tests.lab.versions import HOME_ASSISTANTS

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "2025.4.4"


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    catalogue: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    return catalogue


@pytest.fixture(scope="module")
def installed() -> dict[str, Any]:
    environment = HOME_ASSISTANTS[VERSION]
    try:
        folder = environments.build(environment)
    except PythonMissing:
        pytest.skip(
            f"Home Assistant {VERSION} needs Python {environment.python}, which uv can't find here"
        )
    return read_installed(folder / "bin" / "python")


@pytest.mark.timeout(300)
def test_what_a_real_home_assistant_does_is_what_the_catalogue_says(
    shipped: dict[str, Any], installed: dict[str, Any]
) -> None:
    assert installed["home_assistant"] == VERSION
    assert len(installed["read"]) >= 20
    found = list(differences(shipped, installed))

    # What changed between that version and the one that the catalogue was read off.
    assert [line.partition(": ")[0] for line in found if line[0] in "+~"] == [
        "~ electric_kiwi.basic_form_encoded",
        "~ lyric.authorize_url",
        "~ lyric.token_url",
        "~ senz.authorize_url",
        "~ senz.token_url",
        "~ weheat.pkce",
    ]
    assert "? tesla_fleet: ModuleNotFoundError: No module named 'tesla_fleet_api'" in found
    assert "- volvo" in found


@pytest.mark.timeout(300)
def test_the_odd_ones_are_read_off_what_they_send(installed: dict[str, Any]) -> None:
    read = installed["read"]

    assert read["fitbit"]["client_auth"] == "client_secret_basic"
    assert read["lyric"]["client_auth"] == "client_secret_basic+post"
    assert read["withings"]["token_parameters"] == {"action": "requesttoken"}
    assert {name for name in read if read[name]["single_implementation"]} == {
        "smartthings",
        "withings",
    }


def test_merging_keeps_what_only_a_person_can_tell() -> None:
    shipped = {
        "source": "s",
        "home_assistant": "1",
        "integrations": [
            {"domain": "old", "notes": "gone", "token_url": "o"},
            {"domain": "kept", "notes": "by hand", "token_url": "a", "basic_form_encoded": True},
        ],
    }
    facts = {"token_url": "b", "basic_form_encoded": False, "token_parameters": {}}
    installed = {"home_assistant": "2", "read": {"kept": facts, "new": facts}, "not_read": {}}

    document = merged(shipped, installed)

    assert document["home_assistant"] == "2"
    assert [row["domain"] for row in document["integrations"]] == ["kept", "new", "old"]
    assert document["integrations"][0] == {"domain": "kept", "notes": "by hand", "token_url": "b"}
    assert document["integrations"][1]["secret_required"] is True
    assert list(differences(document, installed)) == ["- old"]


def test_differences_name_what_is_new_changed_gone_and_not_read() -> None:
    shipped = {"integrations": [{"domain": name, "token_url": "a"} for name in ("x", "y", "z")]}
    installed = {
        "read": {"x": {"token_url": "b"}, "w": {"token_url": "c"}},
        "not_read": {"y": "ModuleNotFoundError: No module named 'y'"},
    }

    assert list(differences(shipped, installed)) == [
        '+ w: {"token_url": "c"}',
        '~ x.token_url: "a" -> "b"',
        "? y: ModuleNotFoundError: No module named 'y'",
        "- z",
    ]


def test_a_python_without_home_assistant_is_named(tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "appcreds_sync.oauth.regenerate",
            "--home-assistant",
            sys.executable,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "No module named 'homeassistant'" in ended.stderr
    assert "Traceback" not in ended.stderr
