"""Turns plans and reports into text, JSON or Markdown; all that it needs is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.report import ExitCode, Report


def render(report: Report, output_format: str, code: ExitCode) -> str:
    """Return `report` in one of the three formats, with a newline at its end."""
    match output_format:
        case "json":
            from appcreds_sync.cli.render.data import report_text  # one of three

            return report_text(report, code)
        case "markdown":
            from appcreds_sync.cli.render.markdown import report_markdown

            return report_markdown(report)
        case _:
            from appcreds_sync.cli.render.text import report_lines

            return "".join(f"{line}\n" for line in report_lines(report))
