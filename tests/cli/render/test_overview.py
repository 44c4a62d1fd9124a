from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from appcreds_sync.cli.render.overview import render_overview
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.manifest import DirectoryStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.store import Capabilities, Snapshot
from appcreds_sync.planning.overview import Drift, Kind, Row
from appcreds_sync.reconcile.observing import Observation, ObservedStore
from tests.planning.builders import desired

HOSTILE = "2025.4.4\x1b[31mEVIL\x1b]0;t\x07<img src=x> @all"


def _shown(output_format: str, *rows: Row, problems: tuple[Problem, ...] = ()) -> str:
    spec = DirectoryStoreSpec("ha", Path("/ha"), frozenset(), Mark("m", 1, 1))
    snapshot = Snapshot("ha", (), capabilities=Capabilities(HOSTILE))
    found = Observation((ObservedStore(spec, desired(), snapshot),), problems, ())
    return render_overview(found, {"ha": rows}, dt.date(2026, 1, 1), output_format, 0)


def test_a_version_cannot_command_the_terminal() -> None:
    assert "\x1b" not in _shown("text")
    assert "\x07" not in _shown("text")


def test_a_version_cannot_become_markup_or_a_mention() -> None:
    assert "\\<img" in _shown("markdown")
    assert "@all" not in _shown("markdown")


def _blocked(reason: Problem, name: str = "spotify") -> Row:
    return Row(
        identity=Identity("spotify", "home.spotify"),
        kind=Kind.MANAGED,
        credential=None,
        name=name,
        client_id="a",
        item=None,
        used_by=(),
        expires=None,
        drift=Drift.BLOCKED,
        reason=reason,
    )


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_says_why_a_row_is_blocked(output_format: str) -> None:
    reason = Problem("in-use", "two accounts use it", "unlink them")

    shown = _shown(output_format, _blocked(reason))

    assert "ha: spotify/home.spotify is blocked: two accounts use it; unlink them" in shown


def test_what_is_said_as_an_error_is_not_said_twice() -> None:
    reason = Problem("env-missing", "the variable X is not set", "")

    shown = _shown("text", _blocked(reason), problems=(reason,))

    assert shown.count("the variable X is not set") == 1


def test_an_endless_name_fills_no_screen() -> None:
    row = _blocked(Problem("x", "y", ""), name="n" * 2000)

    assert "n" * 119 + "…" in _shown("markdown", row)
    assert len(_shown("text", row).splitlines()) < 20
    assert "n" * 2000 in _shown("json", row)
