"""What a check found: in order, or what is not and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing needs to be done."""
    WARNING = "warning"
    """It works, and is not as it should be, or soon won't."""
    ERROR = "error"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Never holds a secret."""

    area: str
    """`manifest`, `references`, `vault`, `store <name>`, `watch`."""
    level: Level
    problem: Problem
    """Of something that is in order too: its `what` says so, and its `hint` is empty."""


def ok(area: str, code: str, what: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(area, Level.OK, Problem(code, what, ""))


def note(area: str, code: str, what: str, hint: str = "") -> Finding:
    """Return what is worth knowing."""
    return Finding(area, Level.NOTE, Problem(code, what, hint))


def warning(area: str, code: str, what: str, hint: str) -> Finding:
    """Return what should be mended some day."""
    return Finding(area, Level.WARNING, Problem(code, what, hint))


def errors(area: str, problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Return each problem as what does not work."""
    return tuple(Finding(area, Level.ERROR, problem) for problem in problems)
