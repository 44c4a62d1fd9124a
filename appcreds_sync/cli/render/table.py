"""Tables, whose cells may be strangers' words: as text that folds, and as Markdown."""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING

from click import style

from appcreds_sync.cli.render.harmless import in_markdown, on_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = "  "
_NARROWEST = 7
"""Cells below which no column is squeezed."""
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
"""What is never folded."""
_WIDE = frozenset({"W", "F"})
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield the lines of a table that is at most `width` cells wide, if that can be.

    What does not fit folds, at spaces and marks where there are some; titles at spaces only.
    """
    clean = [[on_terminal(cell) for cell in row] for row in rows]
    columns = tuple(zip(header, *clean, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    _fit(widths, [min(pair) for pair in zip(map(_floor, columns), widths, strict=True)], width)
    for line in _lines(header, widths):
        yield style(line, bold=True)
    for row in clean:
        yield from _lines(row, widths)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(map(in_markdown, row))} |"


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    folded = [_fold(cell, limit) for cell, limit in zip(row, widths, strict=True)]
    for cells in zip_longest(*folded, fillvalue=""):
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
        )
        yield _GAP.join(padded).rstrip()


def _floor(column: Sequence[str]) -> int:
    """Return how narrow a column, its title first, may become."""
    title, *cells = column
    unbroken = [*title.split(), *(date for cell in cells for date in _DATE.findall(cell))]
    return max(_NARROWEST, *map(_width, unbroken))


def _fit(widths: list[int], floors: Sequence[int], total: int) -> None:
    """Narrow the widest columns, one cell after the other, until all fit."""
    room = total - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        loose = [n for n, width in enumerate(widths) if width > floors[n]]
        if not loose:
            return
        widths[max(loose, key=widths.__getitem__)] -= 1


def _fold(cell: str, width: int) -> list[str]:
    lines = []
    while _width(cell) > width:
        cut = _cut(cell, width)
        lines.append(cell[:cut].rstrip())
        cell = cell[cut:].lstrip()
    return [*lines, cell]


def _cut(cell: str, width: int) -> int:
    """Return where to break: after the last space or mark of the second half, else at `width`."""
    fits = next(n for n in range(len(cell), -1, -1) if _width(cell[:n]) <= width)
    for place in range(fits, fits // 2, -1):
        if cell[place - 1] in " ,.-_/" or cell[place] == " ":
            return place
    return max(fits, 1)


def _width(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(character) in _WITHOUT_WIDTH
        else 1 + (unicodedata.east_asian_width(character) in _WIDE)
        for character in text
    )
