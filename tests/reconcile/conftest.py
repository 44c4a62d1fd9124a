from __future__ import annotations

import pytest

from appcreds_sync.reconcile import turn
from tests.reconcile.counting import Counting
from tests.reconcile.crowd import Crowd


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Takes the place of all stores that a run opens."""
    made = Crowd()
    monkeypatch.setattr(turn, "open_store", made.open_store)
    return made
