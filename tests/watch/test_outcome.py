from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.report import ChangeResult, ExitCode, Outcome, Report, StoreReport
from appcreds_sync.model.report import exit_code as code_of
from appcreds_sync.watch.outcome import Ended, StoreHistory, summary_of
from appcreds_sync.watch.status import State, Status
from appcreds_sync.watch.waking import Cause
from tests.watch.reports import IDENTITY, desired

if TYPE_CHECKING:
    import pytest

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
LOSER = ChangeResult(Change(Action.DELETE, IDENTITY, None), Outcome.APPLIED)
FOUND_AGAIN = StoreReport(
    "house", Plan("house", (), (), 1, 0), doubles=(LOSER,), applied=True, converged=True
)


def _ended(report: StoreReport) -> Ended:
    causes = frozenset({Cause.START})
    return Ended(
        "t", causes, NOW, 0.1, report, desired("secret"), (), None, address="", connected=True
    )


def test_what_was_done_when_the_store_was_read_again_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    StoreHistory("house", lambda _: None).add(_ended(FOUND_AGAIN))

    assert [record.getMessage() for record in caplog.records] == ["change", "turn"]
    assert summary_of(FOUND_AGAIN) == "1 delete applied"


def test_a_store_that_differs_again_after_its_changes_says_why_it_is_failing() -> None:
    status = Status(NOW, manifest_loaded=NOW, values_read=NOW)
    made = ChangeResult(Change(Action.CREATE, IDENTITY, "google"), Outcome.APPLIED)
    again = StoreReport(
        "house", Plan("house", (made.change,), (), 0, 0), (made,), applied=True, converged=False
    )
    StoreHistory("house", status.put).add(_ended(again))

    assert status.stores["house"].state is State.FAILING
    (reason,) = status.not_ready()
    assert "the store differed again" in reason


def test_while_a_store_is_out_of_reach_the_reason_is_that_and_the_rest_stands() -> None:
    status = Status(NOW, manifest_loaded=NOW, values_read=NOW)
    history = StoreHistory("house", status.put)
    gone = Problem("reference-missing", "no `google`", "add it")
    held_back = Change(Action.BLOCKED, IDENTITY, "google", reason=gone)
    history.add(_ended(StoreReport("house", Plan("house", (held_back,), (), 0, 0), applied=True)))
    away = Problem("store-unreachable", "it does not answer", "look")
    history.add(_ended(StoreReport("house", problems=(away,))))

    assert [each.problem for each in history.incidents] == [away, gone]
    assert status.not_ready() == ("store house: it does not answer",)


def test_an_account_to_be_linked_again_needs_a_person_whenever_that_was_found() -> None:
    again = ChangeResult(Change(Action.REPLACE, IDENTITY, "google"), Outcome.RELINK_NEEDED)
    report = StoreReport("house", Plan("house", (), (), 1, 0), doubles=(again,), applied=True)

    assert code_of(Report((report,))) is ExitCode.NEEDS_A_PERSON
