"""What `doctor` found, for people or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from click import style

from appcreds_sync.cli.render.data import problem_data
from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.json_text import json_text
from appcreds_sync.model.counting import counted
from appcreds_sync.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appcreds_sync.model.finding import Finding

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""

_COLOURS = {Level.OK: "green", Level.NOTE: "cyan", Level.WARNING: "yellow", Level.ERROR: "red"}
_WIDTH = max(map(len, Level))


def render_findings(found: Sequence[Finding], output_format: str, code: int) -> str:
    """Return the findings as text, or as JSON in the shape of `schema/doctor.schema.json`."""
    if output_format == "json":
        document = {
            "format_version": FORMAT_VERSION,
            "exit_code": int(code),
            "findings": [
                {
                    "area": finding.area,
                    "level": finding.level.value,
                    **problem_data(finding.problem),
                }
                for finding in found
            ],
        }
        return json_text(document)
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Sequence[Finding]) -> Iterator[str]:
    area = None
    for finding in found:
        if finding.area != area:
            area = finding.area
            yield style(area, bold=True)
        problem = finding.problem
        # The area says already which store it is about.
        where = "" if problem.where in {None, area} else f"{problem.where}: "
        label = style(finding.level.value.ljust(_WIDTH), fg=_COLOURS[finding.level])
        yield f"  {label}  {on_terminal(f'{where}{problem.what}')}"
        if problem.hint:
            yield f"  {' ' * _WIDTH}  do: {on_terminal(problem.hint)}"
    counts = Counter(finding.level for finding in found)
    grave = [
        counted(counts[level], level.value)
        for level in (Level.ERROR, Level.WARNING)
        if counts[level]
    ]
    yield ", ".join(grave) or "all is well"
