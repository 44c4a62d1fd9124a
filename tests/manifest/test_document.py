"""YAML text → a tree of plain values."""

# a tree is of any shape

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.manifest.document import MAX_BYTES, parse
from appcreds_sync.manifest.findings import Findings
from appcreds_sync.manifest.tree import Mapping, Sequence, Source, Text
from appcreds_sync.model.errors import ManifestError
from tests.manifest.loading import CANARY

SOURCE = Source("m.yaml", Path("/m/m.yaml"), Path("/m"))
LOADERS = pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])


def tree(text: str, loader: type = yaml.CSafeLoader) -> Any:
    findings = Findings()
    value = parse(text.encode(), SOURCE, findings, loader)
    findings.raise_errors()
    return value


def said(content: str | bytes, loader: type = yaml.CSafeLoader) -> list[str]:
    findings = Findings()
    parse(content if isinstance(content, bytes) else content.encode(), SOURCE, findings, loader)
    with pytest.raises(ManifestError) as caught:
        findings.raise_errors()
    return [str(problem) for problem in caught.value.problems]


@LOADERS
@pytest.mark.parametrize(
    "text",
    ["0123", "12:30", "1_000", "2027-03-01", "on", "true", "1e3", "0x1f", "5.0", "=", ".inf"],
)
def test_a_scalar_is_text_as_written(text: str, loader: type) -> None:
    assert tree(f"a: {text}", loader) == {"a": text}


@LOADERS
@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null_is_null_only_without_quotes(text: str, loader: type) -> None:
    assert tree(f"a: {text}", loader) == {"a": None}
    assert tree(f"a: '{text}'", loader) == {"a": text}


@LOADERS
def test_every_value_knows_its_place(loader: type) -> None:
    found = tree("a:\n  - x\n  - {b: !secret y}\n", loader)
    assert str(found.key("a").mark) == "m.yaml:1:1"
    assert str(found["a"].mark) == "m.yaml:2:3"
    assert str(found["a"][0].mark) == "m.yaml:2:5"
    assert str(found["a"][1]["b"].mark) == "m.yaml:3:9"
    assert found["a"][1]["b"].kind == "secret"


@LOADERS
def test_anchors_aliases_and_merge_keys(loader: type) -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\nd: {<<: [*a, {z: 4}]}\ne: {'<<': 5}"
    assert tree(text, loader) == {
        "a": {"x": "1", "y": "2"},
        "b": {"x": "1", "y": "3"},
        "c": {"x": "1", "y": "2"},
        "d": {"x": "1", "y": "2", "z": "4"},
        "e": {"<<": "5"},
    }


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse(b"\xef\xbb\xbfa: b", SOURCE, Findings()) == {"a": "b"}


@LOADERS
@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "1:1", "the file is empty"),
        ("# nothing\n---\n", "1:1", "the file is empty"),
        ("a: 1\n---\nb: 2\n", "1:1", "more than one document"),
        ("a:\n\tb: c\n", "2:1", "a tab where YAML wants spaces"),
        ("a: @b\n", "1:4", "can't begin with `@`"),
        ("a: b: c\n", "1:5", "a colon where no key can stand"),
        ("a: [b\nc: d\n", "1:4", "a list"),
        ("a: {b\n", "1:4", "a mapping"),
        ("x: y\na: 'b\n", "2:4", "a quote that is never closed"),
        ("a: 1\na: 2\n", "2:1", "`a` stands twice in this mapping, first at m.yaml:1:1"),
        ("a: !include b\n", "1:4", "`!include` is not supported; put the parts beside"),
        ("a: !env_var b\n", "1:4", "`!env_var` is not supported; write env://NAME"),
        ("a: !include {b: c}\n", "1:4", "`!include` is not supported"),
        (f"a: !{CANARY} b\n", "1:4", "an unknown tag"),
        (f"a: !{CANARY}!b c\n", "1:4", "an unknown tag"),
        (f"a: *{CANARY}\n", "1:4", "an alias"),
        ("a: &a [*a]\n", "1:8", "an alias"),
        ("a: !secret ''\n", "1:4", "`!secret` without a name"),
        ("? [a]\n: b\n", "1:3", "a key must be plain text"),
        ("~: b\n", "1:1", "a key must be plain text"),
        ('"a\\nb": c\n', "1:1", "a key must be plain text"),
        ("a: {<<: b}\n", "1:5", "`<<` takes an alias"),
        ('a: "\\0"\n', "1:4", "a control character"),
        ("a: b\nc: \0\n", "2:4", "a control character (U+0000)"),
        ("[" * 60 + "]" * 60, "1:51", "nested more than 50 deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    text: str, place: str, words: str, loader: type
) -> None:
    (problem,) = said(text, loader)
    assert problem.startswith(f"m.yaml:{place}: ")
    assert words in problem
    assert CANARY not in problem


def test_several_wrong_things_are_reported_together() -> None:
    assert len(said("a: 1\na: 2\nb: !include x\nb: *no\n")) == 4


def test_text_that_is_not_utf_8() -> None:
    assert said("a: b\nc: ü\n".encode("latin-1")) == [
        "m.yaml:2:4: not UTF-8; save the file as UTF-8"
    ]
    assert said(b"\xef\xbb\xbfa: \xc3\xa9\xff") == ["m.yaml:1:5: not UTF-8; save the file as UTF-8"]
    assert said("a: b".encode("utf-16")) == ["m.yaml:1:1: not UTF-8; save the file as UTF-8"]


def test_a_huge_file_is_not_parsed() -> None:
    (problem,) = said(b"[" * (MAX_BYTES + 1))
    assert problem == "m.yaml:1:1: the file is larger than 8 MiB; this can't be a manifest"


def test_an_alias_bomb_is_counted_in_full() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (problem,) = said("\n".join(lines))
    assert "more than 1,000,000 values" in problem


def plain_values(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): plain_values(item) for key, item in value.items()}
        case Sequence():
            return [plain_values(item) for item in value]
        case Text():
            return (str(value), value.kind)
        case _:
            return value


YAMLISH = st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`#~<\\ \n\r\t\x85\u2028é😀\0"), max_size=60)


@given(
    st.one_of(
        st.binary(max_size=80),
        (st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | YAMLISH).map(str.encode),
    )
)
def test_any_bytes_give_a_tree_or_a_problem_within_the_file(content: bytes) -> None:
    findings = Findings()
    value = parse(content, SOURCE, findings)
    try:
        findings.raise_errors()
    except ManifestError as error:
        lines = re.split(
            "\r\n|[\n\r\x85\u2028\u2029]", content.decode("utf-8-sig", errors="replace")
        )
        for problem in error.problems:
            line, column = map(int, str(problem.where).split(":")[1:])
            assert 1 <= line <= len(lines)
            assert 1 <= column <= len(lines[line - 1]) + 1
    else:
        assert value is not None


@given(YAMLISH)
def test_both_of_pyyamls_parsers_give_one_tree(text: str) -> None:
    trees = []
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        findings = Findings()
        value = parse(text.encode(), SOURCE, findings, loader)
        try:
            findings.raise_errors()
        except ManifestError:
            return
        trees.append(plain_values(value))
    assert trees[0] == trees[1]
