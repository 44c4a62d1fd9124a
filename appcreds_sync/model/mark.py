"""Where in a file a value stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file that a person wrote."""

    file: str
    """As the person named it, so that an editor or a terminal can follow it."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""

    def __str__(self) -> str:
        """`file:line:column`, the form that editors and CI annotate."""
        return f"{self.file}:{self.line}:{self.column}"
