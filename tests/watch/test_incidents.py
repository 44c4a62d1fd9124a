from __future__ import annotations

import datetime as dt

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Plan
from appcreds_sync.model.report import StoreReport
from appcreds_sync.watch.incidents import Incident, became_empty, updated

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
SEALED = Problem("vault-sealed", "Vault is sealed", "unseal it")


def _report(unchanged: int, unmanaged: int = 0) -> StoreReport:
    return StoreReport("house", Plan("house", (), (), unchanged, unmanaged))


def test_one_that_stays_keeps_its_beginning_and_one_that_is_over_goes() -> None:
    first = updated({}, [("a", SEALED), ("b", SEALED)], (), NOW)
    second = updated(first, [("b", SEALED)], (), LATER)

    assert second == {"b": Incident("b", SEALED, NOW)}


def test_one_that_has_passed_is_shown_for_a_while() -> None:
    passing = Incident("emptied", SEALED, NOW, LATER)
    shown = updated({}, (), (passing,), NOW)

    assert updated(shown, (), (), NOW) == {"emptied": passing}
    assert updated(shown, (), (), LATER) == {}


def test_a_store_became_empty_only_if_it_held_something() -> None:
    assert became_empty(None, _report(0)) is None
    assert became_empty(_report(0), _report(0)) is None
    assert became_empty(_report(1), _report(1)) is None
    assert became_empty(_report(0, 3), _report(0)) is not None
    assert became_empty(_report(2), StoreReport("house")) is None
