"""What the accounts' states say of a new secret, row by row as seen on real Home Assistants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appcreds_sync.model.store import AccountState
from appcreds_sync.reconcile.rotation.judging import Verdict, judge, still_out

WELL = AccountState("one", "Ann", "loaded", None)
UNAUTHORIZED = "401, message='Unauthorized', url='http://127.0.0.1/token'"
UNAVAILABLE = "503, message='Service Unavailable', url='http://127.0.0.1/token'"
RATE_LIMITED = "429, message='Too Many Requests', url='http://127.0.0.1/token'"


def verdict(after: AccountState, before: AccountState = WELL) -> Verdict:
    return judge({before.entry_id: before}, {after.entry_id: after}).verdict


@pytest.mark.parametrize(
    ("state", "reason", "asks_again", "expected"),
    [
        ("loaded", None, False, Verdict.HELD),
        ("loaded", None, True, Verdict.REFUSED),
        ("setup_error", None, False, Verdict.DEFERRED),
        ("setup_error", None, True, Verdict.REFUSED),
        ("setup_error", UNAUTHORIZED, False, Verdict.REFUSED),
        ("setup_retry", UNAUTHORIZED, False, Verdict.REFUSED),
        ("setup_retry", UNAVAILABLE, False, Verdict.DEFERRED),
        ("setup_retry", RATE_LIMITED, False, Verdict.DEFERRED),
        ("setup_retry", "4012 things went wrong", False, Verdict.DEFERRED),
        ("setup_in_progress", None, False, Verdict.DEFERRED),
    ],
)
def test_an_account_that_was_well(
    state: str, reason: str | None, expected: Verdict, *, asks_again: bool
) -> None:
    flows = frozenset({"flow"}) if asks_again else frozenset()
    assert verdict(AccountState("one", "Ann", state, reason, flows)) is expected


def test_an_account_that_was_not_well_can_not_speak_against_the_new_secret() -> None:
    sick = replace(WELL, state="setup_error", reason=UNAUTHORIZED)
    assert verdict(sick, before=sick) is Verdict.HELD


def test_an_account_on_its_way_while_home_assistant_starts_does_speak() -> None:
    starting = replace(WELL, state="setup_in_progress")
    refused = replace(WELL, state="setup_error", reason=UNAUTHORIZED)
    assert verdict(refused, before=starting) is Verdict.REFUSED
    assert verdict(WELL, before=starting) is Verdict.HELD


def test_an_account_that_asked_before_does_not_count_as_asking_because_of_us() -> None:
    asking = replace(WELL, reauth_flows=frozenset({"old"}))
    assert verdict(asking, before=asking) is Verdict.HELD


def test_a_disabled_or_removed_account_is_not_asked() -> None:
    disabled = replace(WELL, state="not_loaded", disabled=True)
    assert verdict(disabled) is Verdict.HELD
    assert judge({"one": WELL}, {}).verdict is Verdict.HELD


def test_one_refusal_among_many_is_a_refusal_and_all_the_lost_are_named() -> None:
    before = {name: replace(WELL, entry_id=name) for name in ("a", "b", "c")}
    after = {
        "a": before["a"],
        "b": replace(before["b"], state="setup_retry", reason=UNAVAILABLE),
        "c": replace(before["c"], state="setup_retry", reason=UNAUTHORIZED),
    }
    judgement = judge(before, after)
    assert judgement.verdict is Verdict.REFUSED
    assert [account.entry_id for account in judgement.lost] == ["b", "c"]


@pytest.mark.parametrize(
    ("state", "reason", "unreachable", "silent"),
    [
        ("setup_retry", UNAVAILABLE, False, True),
        ("setup_retry", RATE_LIMITED, False, True),
        ("setup_retry", None, False, True),
        ("setup_in_progress", None, False, True),
        ("setup_error", None, True, True),
        ("setup_error", None, False, False),
        ("setup_retry", UNAUTHORIZED, True, False),
        ("setup_error", UNAUTHORIZED, True, False),
        ("loaded", None, True, False),
    ],
)
def test_an_outage_keeps_an_account_that_failed_before_from_saying_anything(
    state: str, reason: str | None, *, unreachable: bool, silent: bool
) -> None:
    before = {"one": replace(WELL, state="setup_retry", reason=UNAVAILABLE)}
    now = replace(WELL, state=state, reason=reason)
    assert still_out(before, {"one": now}, unreachable=unreachable) == ((now,) if silent else ())


def test_one_account_that_loads_speaks_for_all() -> None:
    sick = replace(WELL, entry_id="two", state="setup_retry", reason=UNAVAILABLE)
    both = {"one": WELL, "two": sick}
    assert still_out(both, both, unreachable=True) == ()
    off = replace(sick, state="not_loaded", disabled=True)
    assert still_out({"two": off}, {"two": off}, unreachable=True) == ()
