from __future__ import annotations

import json
from pathlib import Path

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.stores.directory.document import parse, render, rows
from tests.stores.directory.builders import CANARY, CAPTURED_CREDENTIALS, CAPTURED_ENTRIES

PATH = Path("/config/.storage/application_credentials")
KEY = "application_credentials"


def envelope(**fields: object) -> bytes:
    return json.dumps({"version": 1, "key": KEY, "data": {"items": []}, **fields}).encode()


def refusal(content: bytes) -> StoreError:
    with pytest.raises(StoreError) as caught:
        rows(parse(content, PATH, KEY), PATH, "items")
    return caught.value


@pytest.mark.parametrize(
    ("captured", "key"), [(CAPTURED_CREDENTIALS, KEY), (CAPTURED_ENTRIES, "core.config_entries")]
)
def test_what_home_assistant_wrote_is_rendered_byte_for_byte(captured: Path, key: str) -> None:
    content = captured.read_bytes()
    assert render(parse(content, captured, key)) == content.rstrip()


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b"", ":1:1", "not JSON (Expecting value)"),
        (b'{\n  "version": 1,\n  oops\n}', ":3:3", "not JSON"),
        (b'{"version": 1', ":1:14", "not JSON"),
        (b"\xef\xbb\xbf{}", ":1:1", "not JSON"),
        (b'{\n"a": "\xff"}', ":2:7", "not UTF-8"),
        (envelope(name="\ud800"), "", "half a surrogate pair"),
        (b"[" * 100_000, "", "nested too deeply"),
        (envelope() + b"x", f":1:{len(envelope()) + 1}", "not JSON"),
        (b'{"version": ' + b"1" * 5000 + b"}", "", "a number that can't be read"),
        (b'{"version": NaN}', "", "a number that can't be read"),
    ],
)
def test_what_home_assistant_could_not_read_is_refused(
    content: bytes, where: str, what: str
) -> None:
    problem = refusal(content).problem
    assert problem.code == "storage-broken"
    assert what in problem.what
    assert problem.where == f"{PATH}{where}"
    assert "backup" in problem.hint


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"[]", "the file should be an object, not a list"),
        (b"{}", "version should be a whole number, not null"),
        (envelope(version="1"), "version should be a whole number, not text"),
        (envelope(version=True), "version should be a whole number, not true or false"),
        (envelope(version=1.0), "version should be a whole number, not a number"),
        (envelope(data=None), "data should be an object, not null"),
        (envelope(data={}), "data.items should be a list, not null"),
        (envelope(data={"items": {}}), "data.items should be a list, not an object"),
        (envelope(data={"items": [{}, 3]}), "data.items[1] should be an object, not a number"),
    ],
)
def test_a_shape_that_home_assistant_does_not_write_is_refused(content: bytes, what: str) -> None:
    assert refusal(content).problem.what == what


@pytest.mark.parametrize("version", [2, 0])
def test_another_major_version_is_refused_and_both_are_named(version: int) -> None:
    problem = refusal(envelope(version=version)).problem
    assert problem.code == "storage-version"
    assert f"version {version};" in problem.what
    assert "version 1 " in problem.what


@pytest.mark.parametrize("minor", [2, 99])
def test_a_newer_minor_version_is_read(minor: int) -> None:
    assert parse(envelope(minor_version=minor), PATH, KEY)["minor_version"] == minor


def test_a_file_of_another_key_is_refused() -> None:
    assert refusal(envelope(key="core.config_entries")).problem.code == "storage-key"


@pytest.mark.parametrize(
    "content",
    [
        b'{"client_secret": "%s", oops}' % CANARY.encode(),
        b'{"client_secret": "%s", "\xff": 1}' % CANARY.encode(),
        envelope(data=CANARY),
        envelope(version=CANARY),
        envelope(key=CANARY),
        envelope(name="\ud800", client_secret=CANARY),
    ],
)
def test_an_error_holds_nothing_of_the_file(content: bytes) -> None:
    error = refusal(content)
    assert CANARY not in str(error)
    # A parser's error keeps all that it read; none may hang on to ours.
    assert error.__cause__ is None
    assert error.__context__ is None
