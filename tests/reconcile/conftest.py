from __future__ import annotations

import pytest

from tests.reconcile.counting import Counting


@pytest.fixture
def counting() -> Counting:
    return Counting()
