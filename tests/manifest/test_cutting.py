from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync import manifest
from appcreds_sync.manifest.cutting import absent_rule, add_absent, remove_credential
from appcreds_sync.model.errors import ManifestError
from appcreds_sync.oauth.catalogue import load_catalogue

FILE: Final = Path("appcreds.yaml")


def removed(text: str, name: str = "b") -> str:
    return remove_credential(text.encode(), name, FILE).decode()


def with_absent(text: str, *rules: str) -> str:
    return add_absent(text.encode(), rules or ("{integration: x}",), FILE).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "credentials:\n  a: {x: 1}\n  b:\n    x: 1 # why\n    # more\n    y: [1,\n      2]\n",
            "credentials:\n  a: {x: 1}\n",
        ),
        ("credentials:\n  b:\n    x: 1\n  c: {x: 1} # c\n", "credentials:\n  c: {x: 1} # c\n"),
        (
            "credentials:\n  a: {x: 1}\n  # about b\n  b: {x: 1}\n\n  # about c\n  c: {x: 1}\n",
            "credentials:\n  a: {x: 1}\n  # about b\n\n  # about c\n  c: {x: 1}\n",
        ),
        ("credentials:\n  b:\n    x: 1\nz: 1\n", "credentials: {}\nz: 1\n"),
        ("credentials: # all\n  b: {x: 1}\nz: 1\n", "credentials: {} # all\nz: 1\n"),
        ("credentials: {a: {x: 1}, b: {x: 1}}\n", "credentials: {a: {x: 1}}\n"),
        ("credentials: {b: {x: 1}, c: {x: 1}}\n", "credentials: {c: {x: 1}}\n"),
        ("credentials: {b: {x: 1}}\n", "credentials: {}\n"),
        ("{credentials: {b: {x: 1}, }, z: 1}\n", "{credentials: {}, z: 1}\n"),
        ("credentials:\n  b: {x: 1}\n  a: {x: 1}", "credentials:\n  a: {x: 1}"),
        ("credentials:\n  a: {x: 1}\n  b: {x: 1}", "credentials:\n  a: {x: 1}\n"),
        (
            "credentials:\n  a: &a\n    x: 1\n  b: *a\n  c: {x: 1}\n",
            "credentials:\n  a: &a\n    x: 1\n  c: {x: 1}\n",
        ),
        ("x: &b {x: 1}\ncredentials: {b: *b}\n", "x: &b {x: 1}\ncredentials: {}\n"),
        (
            "credentials: {a: {x: 1}, # one\n  b: {x: 1} # two\n  }\n",
            "credentials: {a: {x: 1}, # one\n   # two\n  }\n",
        ),
        (
            "credentials: {\n  b: {x: 1}, # mine\n  # about a\n  a: {x: 1},\n}\n",
            "credentials: {\n  # about a\n  a: {x: 1},\n}\n",
        ),
        ("credentials:\n  a: {x: 1}\n  b:\t{x: 1}\t# b\n...\n", "credentials:\n  a: {x: 1}\n...\n"),
        ("credentials:\n  b:\n    x: >-\n      t\n\n      u\nz: 1\n", "credentials: {}\nz: 1\n"),
    ],
)
def test_its_lines_go_and_all_else_stays(before: str, after: str) -> None:
    assert removed(before) == after


def test_line_ends_and_byte_order_mark_stay() -> None:
    before = b"\xef\xbb\xbfcredentials:\r\n  a: {x: 1}\r\n  b: {x: 1}\r\n"

    assert remove_credential(before, "b", FILE) == (b"\xef\xbb\xbfcredentials:\r\n  a: {x: 1}\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "x: &all {b: {x: 1}}\ncredentials: *all\n",
        "credentials: {a: {x: 1}}\n",
        "- credentials\n",
    ],
)
def test_what_a_program_had_better_not_edit_is_left_to_the_person(text: str) -> None:
    with pytest.raises(ManifestError, match="edit it by hand"):
        removed(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", "a: 1\nabsent:\n  - {integration: x}\n"),
        ("a: 1", "a: 1\nabsent:\n  - {integration: x}\n"),
        ("{a: 1}\n", "{a: 1, absent: [{integration: x}]}\n"),
        ("absent: []\na: 1\n", "absent:\n  - {integration: x}\na: 1\n"),
        ("absent: [{y: 1}] # old\n", "absent: [{y: 1}, {integration: x}] # old\n"),
        (
            "absent:\n- {y: 1} # old\n# next\na: 1\n",
            "absent:\n- {y: 1} # old\n- {integration: x}\n# next\na: 1\n",
        ),
        (
            "absent:\n    - y: 1\n      z: 2\n",
            "absent:\n    - y: 1\n      z: 2\n    - {integration: x}\n",
        ),
    ],
)
def test_rules_are_added_and_all_else_stays(before: str, after: str) -> None:
    assert with_absent(before) == after


def test_without_a_rule_nothing_changes() -> None:
    assert add_absent(b"{not: [yaml", (), FILE) == b"{not: [yaml"


_NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), min_size=1, unique=True)
_STYLES = st.sampled_from(["{integration: spotify, client_id: a}", "block"])


@given(_NAMES, st.data())
def test_what_is_left_is_the_manifest_without_it(names: list[str], data: st.DataObject) -> None:
    head = "version: 1\nowner: home\nstores: {house: {directory: ./ha}}\n"
    lines = []
    for name in names:
        style = data.draw(_STYLES)
        block = f"\n    integration: spotify # {name}\n    client_id: a\n"
        lines.append(f"  {name}:{block}" if style == "block" else f"  {name}: {style}\n")
    gone = data.draw(st.sampled_from(names))
    rule = absent_rule("spotify", 'spotify_"a', ["house"])
    # Without a secret: only the shape counts here.
    text = f"{head}credentials:\n{''.join(lines)}".replace(
        "client_id: a", "client_id: a, client_secret: env://S"
    ).replace(
        "client_id: a, client_secret: env://S\n", "client_id: a\n    client_secret: env://S\n"
    )

    after = add_absent(remove_credential(text.encode(), gone, FILE), [rule], FILE)

    loaded = manifest.load(FILE, catalogue=load_catalogue(), edited={Path.cwd() / FILE: after})
    assert list(loaded.manifest.credentials) == [name for name in names if name != gone]
    assert [entry.value for entry in loaded.manifest.absent] == ['spotify_"a']
