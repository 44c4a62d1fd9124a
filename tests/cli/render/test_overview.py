from __future__ import annotations

import datetime as dt
from pathlib import Path

from appcreds_sync.cli.render.overview import render_overview
from appcreds_sync.model.manifest import DirectoryStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.store import Capabilities, Snapshot
from appcreds_sync.reconcile.observing import Observation, ObservedStore
from tests.planning.builders import desired

HOSTILE = "2025.4.4\x1b[31mEVIL\x1b]0;t\x07<img src=x> @all"


def _shown(output_format: str) -> str:
    spec = DirectoryStoreSpec("ha", Path("/ha"), frozenset(), Mark("m", 1, 1))
    snapshot = Snapshot("ha", (), capabilities=Capabilities(HOSTILE))
    found = Observation((ObservedStore(spec, desired(), snapshot),), (), ())
    return render_overview(found, {"ha": ()}, dt.date(2026, 1, 1), output_format, 0)


def test_a_version_cannot_command_the_terminal() -> None:
    assert "\x1b" not in _shown("text")
    assert "\x07" not in _shown("text")


def test_a_version_cannot_become_markup_or_a_mention() -> None:
    assert "\\<img" in _shown("markdown")
    assert "@all" not in _shown("markdown")
