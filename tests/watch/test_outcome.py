from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.report import ChangeResult, ExitCode, Outcome, Report, StoreReport
from appcreds_sync.model.report import exit_code as code_of
from appcreds_sync.watch.outcome import Ended, StoreHistory, summary_of
from appcreds_sync.watch.waking import Cause
from tests.watch.reports import IDENTITY, desired

if TYPE_CHECKING:
    import pytest

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
LOSER = ChangeResult(Change(Action.DELETE, IDENTITY, None), Outcome.APPLIED)
FOUND_AGAIN = StoreReport(
    "house", Plan("house", (), (), 1, 0), doubles=(LOSER,), applied=True, converged=True
)


def test_what_was_done_when_the_store_was_read_again_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    StoreHistory("house", lambda _: None).add(
        Ended(
            "t",
            frozenset({Cause.START}),
            NOW,
            0.1,
            FOUND_AGAIN,
            desired("secret"),
            (),
            (),
            address="",
            connected=True,
        )
    )

    assert [record.getMessage() for record in caplog.records] == ["change", "turn"]
    assert summary_of(FOUND_AGAIN) == "1 delete applied"


def test_an_account_to_be_linked_again_needs_a_person_whenever_that_was_found() -> None:
    again = ChangeResult(Change(Action.REPLACE, IDENTITY, "google"), Outcome.RELINK_NEEDED)
    report = StoreReport("house", Plan("house", (), (), 1, 0), doubles=(again,), applied=True)

    assert code_of(Report((report,))) is ExitCode.NEEDS_A_PERSON
