"""Tables, whose cells may be strangers' words: as text that folds, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click import style

from appcreds_sync.cli.render.harmless import in_markdown, on_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = "  "
_NARROWEST = 8
"""Characters below which no column is squeezed."""


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield the lines of a table that is at most `width` characters wide, if that can be.

    Cells fold, at spaces and marks where there are some.
    """
    clean = [[on_terminal(cell) for cell in row] for row in rows]
    widths = _fit([max(map(len, column)) for column in zip(header, *clean, strict=True)], width)
    yield style(_line(header, widths), bold=True)
    for row in clean:
        folded = [_fold(cell, limit) for cell, limit in zip(row, widths, strict=True)]
        for number in range(max(map(len, folded))):
            yield _line([lines[number] if number < len(lines) else "" for lines in folded], widths)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(map(in_markdown, row))} |"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _fit(widths: list[int], total: int) -> list[int]:
    """Narrow the widest columns, one character after the other, until all fit."""
    room = total - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _fold(cell: str, width: int) -> list[str]:
    lines = []
    while len(cell) > width:
        cut = _cut(cell, width)
        lines.append(cell[:cut].rstrip())
        cell = cell[cut:].lstrip()
    return [*lines, cell]


def _cut(cell: str, width: int) -> int:
    """Return where to break: after the last space or mark of the second half, else at `width`."""
    for place in range(width, width // 2, -1):
        if cell[place - 1] in " ,.-_/" or cell[place] == " ":
            return place
    return width
