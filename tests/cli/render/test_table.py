from __future__ import annotations

import pytest
from click import unstyle
from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.cli.render.table import markdown_table, text_table


def _plain(header: list[str], rows: list[list[str]], width: int) -> list[str]:
    return [unstyle(line) for line in text_table(header, rows, width)]


def test_what_fits_stays_on_one_line() -> None:
    assert _plain(["name", "id"], [["spotify", "1"]], 80) == ["name     id", "spotify  1"]


def test_the_widest_cell_folds_at_a_mark() -> None:
    lines = _plain(["name", "id"], [["spotify", "1234567890-abcdefghij"]], 24)

    assert lines == ["name     id", "spotify  1234567890-", "         abcdefghij"]


def test_a_cell_without_a_mark_folds_all_the_same() -> None:
    assert _plain(["id"], [["x" * 25]], 10) == ["id", "x" * 10, "x" * 10, "x" * 5]


FULL = ["integration", "store", "name", "client id", "kind", "used by", "expires", "drift"]
WIDE_ROW = [
    "google_assistant_sdk",
    "summer-house",
    "Google of the whole family",
    "1234567890-abcdefghij.apps.example",
    "unmanaged",
    "Ann (loaded), Bob (setup_retry)",
    "2031-03-01",
    "another client secret",
]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_every_title_stands_over_its_column_and_dates_stay_whole(width: int) -> None:
    header, *rest = _plain(FULL, [WIDE_ROW], width)

    first = next(line for line in rest if line.startswith("google_"))
    starts = [header.index(title.split()[0]) for title in FULL]
    assert [first[start - 1] for start in starts[1:]] == [" "] * 7
    assert [first[start] for start in starts] == [cell[0] for cell in WIDE_ROW]
    assert "2031-03-01" in first


def test_a_full_table_fits_80_columns() -> None:
    assert all(len(line) <= 80 for line in _plain(FULL, [WIDE_ROW], 80))


def test_wide_characters_take_two_cells_and_accents_none() -> None:
    lines = _plain(["used by", "id"], [["日本語のタイトル", "1"], ["e\u0301", "2"]], 80)

    assert lines[1:] == ["日本語のタイトル  1", "e\u0301" + " " * 17 + "2"]
    assert _plain(["x"], [["日本語のタイトル"]], 9)[1:] == ["日本語の", "タイトル"]


_CELLS = st.text(st.characters(codec="ascii", min_codepoint=32), max_size=60)


@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), max_size=5), st.integers(28, 120))
def test_no_line_is_too_long_and_no_character_is_lost(rows: list[list[str]], width: int) -> None:
    lines = _plain(["a", "b", "c"], rows, width)

    assert all(len(line) <= width for line in lines)
    shown = sorted("".join(lines[1:]).replace(" ", ""))
    cells = [cell.replace("\x7f", "\N{REPLACEMENT CHARACTER}") for row in rows for cell in row]
    assert shown == sorted("".join(cells).replace(" ", ""))


def test_a_stranger_cannot_command_the_terminal() -> None:
    assert "\x1b" not in "".join(_plain(["title"], [["\x1b]0;owned\x07Ann"]], 80))


def test_a_stranger_cannot_break_out_of_markdown() -> None:
    *_, row = markdown_table(["title"], [["a|b\n[x](y) @all"]])

    assert row == "| a\\|b \\[x\\](y) @\u200ball |"
