from __future__ import annotations

from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch.credentials import credentials_of
from tests.watch.reports import IDENTITY, REPLACE, desired

LOSER = Change(Action.DELETE, IDENTITY, None)
RESUMED = Change(Action.REPLACE, IDENTITY, "google")


def _state(report: StoreReport) -> str:
    (row,) = credentials_of(desired("secret"), report)
    return row.state


def test_where_the_store_was_not_seen_nothing_is_known() -> None:
    assert _state(StoreReport("house")) == "unknown"


def test_what_needs_no_change_is_in_place() -> None:
    assert _state(StoreReport("house", Plan("house", (), (), 1, 0))) == "in-sync"


def test_what_is_due_and_was_not_done_is_named() -> None:
    assert _state(StoreReport("house", Plan("house", (REPLACE,), (), 0, 0))) == "replace"


def test_a_loser_that_was_deleted_says_nothing_of_a_replace_that_failed() -> None:
    plan = Plan("house", (REPLACE, LOSER), (), 0, 0)
    results = (ChangeResult(REPLACE, Outcome.FAILED), ChangeResult(LOSER, Outcome.APPLIED))

    assert _state(StoreReport("house", plan, results)) == "failed"


def test_what_became_of_it_when_the_store_was_read_again_counts() -> None:
    plan = Plan("house", (REPLACE,), (), 0, 0)
    results = (ChangeResult(REPLACE, Outcome.APPLIED),)
    doubles = (ChangeResult(LOSER, Outcome.APPLIED), ChangeResult(RESUMED, Outcome.REFUSED))

    assert _state(StoreReport("house", plan, results, doubles)) == "refused"


def test_a_relink_is_one_word() -> None:
    plan = Plan("house", (REPLACE,), (), 0, 0)

    assert _state(StoreReport("house", plan, (ChangeResult(REPLACE, Outcome.RELINK_NEEDED),))) == (
        "relink-needed"
    )
