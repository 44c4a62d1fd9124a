"""Writes what `add` has prepared: all of it, or else takes back what it can."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from appcreds_sync.model.errors import AppcredsError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from appcreds_sync.cli.add_places import Step

_UNCERTAIN = frozenset({"vault-unreachable", "vault-unavailable", "vault-busy"})
"""After these a request may have done its work all the same."""


@dataclass(slots=True)
class _Progress:
    written: list[tuple[str, Callable[[], None] | None]] = field(default_factory=list)
    in_hand: str | None = None
    """The place of the write that has begun and not ended."""


def write_all(steps: Sequence[Step], then: Callable[[], None], unchanged: str) -> tuple[str, ...]:
    """Do the steps, then `then`; return the places that were written.

    Where one fails, the earlier ones are taken back. Raise AppcredsError, which says what was taken
    back and what could not be, and that `unchanged` is as it was.
    """
    progress = _Progress()
    try:
        for step in steps:
            progress.in_hand = step.place
            undo = step.do()
            progress.written.append((step.place, undo))
            progress.in_hand = None
        then()
    except AppcredsError as error:
        if not _UNCERTAIN.intersection(problem.code for problem in error.problems):
            progress.in_hand = None  # it was refused
        raise type(error)([*error.problems, _told(progress, unchanged)]) from error
    except KeyboardInterrupt as interrupt:
        click.echo(str(_told(progress, unchanged)), err=True)
        raise click.Abort from interrupt
    return tuple(place for place, _ in progress.written)


def _told(progress: _Progress, unchanged: str) -> Problem:
    """Take back what can be, and say how things stand."""
    gone: list[str] = []
    left: list[str] = []
    for place, undo in reversed(progress.written):
        try:
            if undo is None:
                left.append(place)
            else:
                undo()
                gone.append(place)
        except AppcredsError:
            left.append(place)
    if progress.in_hand is not None:
        left.append(f"perhaps {progress.in_hand}")
    said = [
        *([f"taken back again: {', '.join(gone)}"] if gone else []),
        *([f"written, and still there: {', '.join(left)}"] if left else []),
    ]
    what = f"{'; '.join(said) or 'nothing was written'}; {unchanged}"
    hint = "mend it, then run the same command again"
    rest = ": a value that is there is left as it is" if left else ""
    return Problem("add-unfinished", what, f"{hint}{rest}")
