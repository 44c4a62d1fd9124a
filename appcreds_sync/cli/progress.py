"""A progress bar on a terminal, when there is much to do."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from appcreds_sync.reconcile.progress import NoProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich import progress as rich_progress

    from appcreds_sync.reconcile.progress import Progress

_WORTH_SHOWING = 25
"""Changes below which a bar would only flicker."""


class _Bar:
    """Imports rich and draws only once there is enough to do."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0
        self._drawn: rich_progress.Progress | None = None
        self._task: rich_progress.TaskID | None = None

    def add(self, steps: int) -> None:
        """Lengthen the bar."""
        self._total += steps
        if self._total >= _WORTH_SHOWING and self._drawn is None:
            from rich.console import Console  # only where a bar is drawn
            from rich.progress import Progress

            self._drawn = Progress(console=Console(stderr=True), transient=True)
            self._task = self._drawn.add_task("applying", total=self._total)
            self._drawn.start()
        self._update()

    def advance(self) -> None:
        """Fill the bar by one step."""
        self._done += 1
        self._update()

    def _update(self) -> None:
        if self._drawn is not None and self._task is not None:
            self._drawn.update(self._task, total=self._total, completed=self._done)

    def stop(self) -> None:
        """Take the bar off the terminal."""
        if self._drawn is not None:
            self._drawn.stop()


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give something to tell the progress to: a bar on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield NoProgress()
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.stop()
