from __future__ import annotations

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
