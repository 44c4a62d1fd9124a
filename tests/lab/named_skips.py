"""A pytest plugin: no test is skipped in silence.

Each one is listed by name with its reason at the end; with APPCREDS_NO_SKIP=1 it fails.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)
_FORBIDDEN = os.environ.get("APPCREDS_NO_SKIP") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _forbid((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _forbid((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    if skipped:
        terminalreporter.section(f"not run: {len(skipped)}")
    for report in skipped:
        terminalreporter.write_line(f"{report.nodeid}: {_reason(report)}")


def _forbid(report: _Report) -> _Report:
    if _FORBIDDEN and report.outcome == "skipped":
        report.longrepr = f"APPCREDS_NO_SKIP=1 lets nothing be skipped: {_reason(report)}"
        report.outcome = "failed"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else "no reason given"
