"""Where a value is kept."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import (
    EnvReference,
    FileReference,
    ReferenceSyntaxError,
    ReferenceText,
    VaultReference,
    YamlSecretReference,
    looks_like_reference,
    parse_reference,
)

HERE = Path("/manifest")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vault://kv/ha#token", VaultReference("kv/ha", "token")),
        ("vault://kv/ha/#token", VaultReference("kv/ha", "token")),
        ("vault://a/b/c/d#k", VaultReference("a/b/c/d", "k")),
        ("vault://kv/a%20b%23c#k%2Fl", VaultReference("kv/a b#c", "k/l")),
        ("vault://kv/a?version=3#k", VaultReference("kv/a", "k", 3)),
        ("vault://kv/a?namespace=x/y/&version=12#k", VaultReference("kv/a", "k", 12, "x/y")),
        ("vault://kv/a?namespace=#k", VaultReference("kv/a", "k")),
        ("env://A_1", EnvReference("A_1")),
        ("env:A_1", EnvReference("A_1")),
        ("file:///run/x", FileReference(Path("/run/x"))),
        ("file:/run/x", FileReference(Path("/run/x"))),
        ("file:./x", FileReference(Path("/manifest/x"))),
        ("file:x/y", FileReference(Path("/manifest/x/y"))),
        ("file://./x", FileReference(Path("/manifest/x"))),
        ("file:../x%20y", FileReference(Path("/manifest/../x y"))),
    ],
)
def test_what_is_a_reference(text: str, expected: object) -> None:
    assert looks_like_reference(text)
    assert parse_reference(text, HERE) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("canary", "not a reference"),
        ("https://canary", "not a reference"),
        ("vault:kv/canary#k", "no path in it"),
        ("vault://", "no path in it"),
        ("vault://kv/canary", "no key in it"),
        ("vault://kv/canary#", "no key in it"),
        ("vault://canary#k", "only a mount in it"),
        ("vault://kv/../canary#k", "`..` parts are not allowed"),
        ("vault://kv/%2e%2e/canary#k", "`..` parts are not allowed"),
        ("vault://kv/..%2fcanary#k", "`..` parts are not allowed"),
        ("vault://kv//canary#k", "empty, "),
        ("vault://kv/a%0acanary#k", "a control character"),
        ("vault://kv/a?namespace=x%0d%0acanary#k", "a control character"),
        ("vault://kv/a%ffcanary#k", "not UTF-8"),
        ("vault://kv/a?version=0#k", "`version` must be a whole number"),
        ("vault://kv/a?version=-1#k", "`version` must be a whole number"),
        (f"vault://kv/a?version={'9' * 5000}#k", "`version` must be a whole number"),
        ("vault://kv/a?version=1&version=2#k", "each once"),
        ("vault://kv/a?canary=1#k", "only `version` and `namespace`"),
        ("env://", "no variable's name"),
        ("env://canary-x", "no variable's name"),
        ("env://é", "no variable's name"),
        ("file:", "no file's path"),
        ("file:///", "no file's path"),
        ("file://canary/x", "write file:///absolute or file:./relative"),
        ("file:~/canary", "`~` is not replaced"),
        ("file:a%00canary", "a control character"),
    ],
)
def test_what_is_none_is_said_without_echoing_it(text: str, words: str) -> None:
    with pytest.raises(ReferenceSyntaxError) as caught:
        parse_reference(text, HERE)
    assert words in str(caught.value)
    assert "canary" not in str(caught.value)


NAME = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda name: name.strip("/") == name and not {"", ".", ".."} & set(name.split("/"))
)


@given(
    path=st.tuples(NAME, NAME).map("/".join),
    key=NAME,
    version=st.none() | st.integers(1, 10**9),
    namespace=st.none() | NAME,
)
def test_a_vault_reference_is_written_as_it_is_read(
    path: str, key: str, version: int | None, namespace: str | None
) -> None:
    reference = VaultReference(path, key, version, namespace)
    assert parse_reference(str(reference), HERE) == reference


@given(NAME)
def test_a_file_reference_is_written_as_it_is_read(name: str) -> None:
    reference = FileReference(Path("/x") / name)
    assert parse_reference(str(reference), HERE) == reference


@given(st.text())
def test_any_text_gives_a_reference_or_a_syntax_error(text: str) -> None:
    for scheme in ("", "vault://", "env://", "file:"):
        with suppress(ReferenceSyntaxError):
            parse_reference(scheme + text, HERE)


def text(content: str, kind: str = "url") -> ReferenceText:
    mark = Mark("m.yaml", 1, 1)
    if kind == "url":
        return ReferenceText(content, "url", mark, HERE / "a" / "b", HERE)
    return ReferenceText(content, "yaml_secret", mark, HERE / "a" / "b", HERE)


def test_the_stores_name_takes_its_place() -> None:
    reference = text("vault://kv/{store}/x#{store}")
    assert reference.names_store()
    assert reference.at("house") == VaultReference("kv/house/x", "house")
    assert not text("env://A").names_store()


def test_a_yaml_secret_is_looked_for_upwards_to_the_root() -> None:
    assert text("{store}_token", "yaml_secret").at("house") == YamlSecretReference(
        "house_token",
        (
            Path("/manifest/a/b/secrets.yaml"),
            Path("/manifest/a/secrets.yaml"),
            Path("/manifest/secrets.yaml"),
        ),
    )
