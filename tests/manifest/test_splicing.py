"""Whatever way a person writes YAML: an edit is right to the byte, or says why it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.manifest.cutting import add_absent, remove_credential
from appcreds_sync.manifest.editing import add_credentials, add_store
from appcreds_sync.model.errors import ManifestError
from tests.manifest.test_editing import entry

FILE: Final = Path("appcreds.yaml")
NEW: Final = entry("new", reference="vault://kv/s#s")
FIELDS: Final = {
    "integration": "spotify",
    "client_id": "abc",
    "client_secret": "vault://kv/s#s",
    "auth_domain": "spotify_abc",
}
RULE: Final = "{integration: spotify, client_id: x}"


def add(content: str) -> str:
    return add_credentials(content.encode(), (NEW,), FILE).decode()


def absent(content: str) -> str:
    return add_absent(content.encode(), (RULE,), FILE).decode()


def remove(content: str, name: str = "a") -> str:
    return remove_credential(content.encode(), name, FILE).decode()


def read(content: str) -> Any:
    """Read as a stranger does; our own reader has no word in it.

    As if the last line had an end: a block of text that is the last would have one with it.
    """
    ended = content if content.endswith("\n") else f"{content}\n"
    return yaml.load(ended.removeprefix("\ufeff"), Loader=yaml.CBaseLoader)  # noqa: S506  # makes texts only


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("credentials: {a: {x: 1} # one\n  }\n", "credentials: {a: {x: 1}, NEW # one\n  }\n"),
        (
            "credentials: {a: {x: 1}, # one\n  # more\n  }\n",
            "credentials: {a: {x: 1}, NEW # one\n  # more\n  }\n",
        ),
        (
            "credentials: {a: {x: 1} # , one\n  , }\n",
            "credentials: {a: {x: 1} # , one\n  , NEW }\n",
        ),
        ("x: &x {y: 1}\ncredentials: {a: *x}\n", "x: &x {y: 1}\ncredentials: {a: *x, NEW}\n"),
        ("x: &x {y: 1}\ncredentials: {<<: *x,}\n", "x: &x {y: 1}\ncredentials: {<<: *x, NEW}\n"),
        ("credentials: { # none\n  }\n", "credentials: {NEW # none\n  }\n"),
        ("credentials: { }\n", "credentials:\n  BLOCK"),
        ("{credentials: { # none\n  }}\n", "{credentials: {NEW # none\n  }}\n"),
    ],
)
def test_in_braces_a_comment_is_no_place_to_write(before: str, after: str) -> None:
    flow = "new: {" + ", ".join(f"{key}: {value}" for key, value in FIELDS.items()) + "}"
    block = "new:\n" + "".join(f"    {key}: {value}\n" for key, value in FIELDS.items())

    assert add(before) == after.replace("NEW", flow).replace("BLOCK", block)


@pytest.mark.parametrize("edit", [add, absent])
@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n...\n",
        "---\nversion: 1\n...\n# end\n",
        "version: 1\n# end",
        "  version: 1\n  owner: x\n",
        "version:\t1\t# one\nowner:\tx",
        "version: 1\nx: |+\n  t\n\n\n",
        "version: 1\nx: |\n  t",
        "%YAML 1.1\n---\nversion: 1\n",
    ],
)
def test_a_section_that_is_not_there_comes_before_the_end(edit: Any, text: str) -> None:
    before, after = read(text), read(edit(text))

    assert after.pop("credentials", {"new": FIELDS}) == {"new": FIELDS}
    assert len(after.pop("absent", [RULE])) == 1
    assert after == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  a: {stores: [x]} # why\n", "  a: {stores: [x, y]} # why\n"),
        ("  a: {stores: [x, # here\n    ]}\n", "  a: {stores: [x, y # here\n    ]}\n"),
        (
            "  a:\n    stores:\n    - x # here\n    b: 1\n",
            "  a:\n    stores:\n    - x # here\n    - y\n    b: 1\n",
        ),
    ],
)
def test_a_store_is_added_to_those_that_a_credential_names(before: str, after: str) -> None:
    head = "credentials:\n  b: {stores: [x]}\n"

    assert add_store((head + before).encode(), "a", "y", FILE).decode() == head + after


@pytest.mark.parametrize(
    "text",
    [
        "credentials: {b: {stores: [x]}}\n",
        "credentials: {a: {}}\n",
        "x: &x [x]\ncredentials: {a: {stores: *x}}\n",
        "credentials: {a: {stores: &x [x]}, b: {stores: *x}}\n",
    ],
)
def test_where_that_would_change_more_nothing_is_added(text: str) -> None:
    with pytest.raises(ManifestError, match="can't be edited"):
        add_store(text.encode(), "a", "y", FILE)


_CAUSES = [
    (add, "x: &x {y: {z: 1}}\ncredentials: *x\n", "`credentials` is an alias (`*x`)"),
    (remove, "x: &x {a: {z: 1}}\ncredentials: *x\n", "`credentials` is an alias (`*x`)"),
    (absent, "x: &x [{y: 1}]\nabsent: *x\n", "`absent` is an alias (`*x`)"),
    (remove, "x: &x {a: {z: 1}}\ncredentials: {<<: *x, b: {}}\n", "`a` comes out of an alias"),
    (
        remove,
        "credentials:\n  a: &a {x: 1}\n  b: {<<: *a}\n",
        "what stands in `a` is used elsewhere (`*a`)",
    ),
    (
        remove,
        "credentials:\n  a: {x: &s env://S}\n  b: {x: *s}\n",
        "what stands in `a` is used elsewhere (`*s`)",
    ),
    (add, "credentials: &c {}\nx: *c\n", "`credentials` bears an anchor (`&c`)"),
    (add, "version: 1\rcredentials: {}\r", "a bare carriage return"),
    (add, "- one\n", "it is no mapping"),
]


@pytest.mark.parametrize(("edit", "text", "why"), _CAUSES)
def test_what_can_not_be_edited_says_why(edit: Any, text: str, why: str) -> None:
    with pytest.raises(ManifestError) as caught:
        edit(text)

    assert caught.value.problem.code == "manifest-not-edited"
    assert why in caught.value.problem.what


def test_each_line_keeps_its_end() -> None:
    mixed = "version: 1\r\ncredentials:\n  a:\r\n    x: 1\r\n  b: 1\r\n# end\nz: 1\r\n"

    added, removed = add(mixed), remove(mixed)

    assert added.startswith(mixed[: mixed.index("# end")])
    assert added.endswith("# end\nz: 1\r\n")
    assert "  new:\r\n" in added
    assert removed == "version: 1\r\ncredentials:\n  b: 1\r\n# end\nz: 1\r\n"


_SPACE = st.sampled_from([" ", "\t", "  ", " \t"])
_COMMENT = st.sampled_from(["", " # why", "\t# one, } two: {", " #"])
_LINE = st.sampled_from(["", "# a: {b: c}\n", "\n", "  # deep\n"])
_VALUE = st.sampled_from(
    ["1", "'a # b'", '"}}"', "{{y: 1}}", "[1, 2]", "&{0} 2", "*h", "{{<<: *m}}", "&{0} {{y: 1}}"]
)


@st.composite
def _blocks(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a section in lines, and the names in it."""
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    indent = " " * draw(st.integers(1, 4))
    lines = [f"credentials:{draw(_COMMENT)}\n"]
    for name in names:
        lines.append(draw(_LINE))
        if draw(st.booleans()):
            text = draw(
                st.sampled_from(["|\n{0}  t", "|+\n{0}  t\n", ">-\n{0}  t\n\n{0}  u", "*h"])
            )
            lines.append(f"{indent}{name}:\n{indent} x: {text.format(indent)}\n")
        else:
            lines.append(
                f"{indent}{name}:{draw(_SPACE)}{draw(_VALUE).format(name)}{draw(_COMMENT)}\n"
            )
    return "".join(lines), names


@st.composite
def _flows(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a section in braces, and the names in it."""
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    parts = []
    for name in names:
        gap = draw(st.sampled_from([" ", "\n  ", " # about\n  ", "\t"]))
        parts.append(f"{gap}{name}: {draw(_VALUE).format(name)}")
    comma = draw(st.sampled_from(["", ",", " # last\n  ", ", # last\n  ", " # last\n  ,"]))
    return f"credentials:{draw(_SPACE)}{{{','.join(parts)}{comma}}}{draw(_COMMENT)}\n", names


@st.composite
def _texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    section, names = draw(_blocks() | _flows())
    after = draw(
        st.sampled_from(["", "z: 1\n", "\n\nz: [1,\n  2]\n", "# end\n", "...\n", "...\n# x\n"])
    )
    text = f"h: &h 1\nm: &m {{q: 1}}\n{section}{after}"
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    ends = draw(st.sampled_from(["\n", "\r\n", "mixed"]))
    if ends == "mixed":
        text = "".join(
            line.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
            for line in text.splitlines(keepends=True)
        )
    else:
        text = text.replace("\n", ends)
    return draw(st.sampled_from(["", "\ufeff"])) + text, names


def _is_within(part: str, whole: str) -> bool:
    """Tell whether `whole` is `part` with more in one place, and nothing lost."""
    start = next(
        (n for n, pair in enumerate(zip(part, whole, strict=False)) if len(set(pair)) > 1),
        len(part),
    )
    return whole.endswith(part[start:]) and len(whole) >= len(part)


@given(_texts(), st.data())
def test_any_way_of_writing_it(written: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = written
    before = read(text)
    added, ruled = add(text), absent(text)

    assert read(added) == {**before, "credentials": {**before["credentials"], "new": FIELDS}}
    assert len(read(ruled)["absent"]) == 1
    assert {**before, "absent": read(ruled)["absent"]} == read(ruled)
    for more in (added, ruled):
        assert _is_within(text, more) or _is_within(text + "\n", more)
        assert _is_within(text, more) or _is_within(text + "\r\n", more)
    name = data.draw(st.sampled_from(names))
    left = {key: value for key, value in before["credentials"].items() if key != name}
    try:
        removed = remove(text, name)
    except ManifestError as error:
        assert "|+" in text  # the one way of writing that can be in the way
        assert "empty lines behind it" in error.problem.what  # noqa: PT017  # it need not be refused
    else:
        assert read(removed) == {**before, "credentials": left}
