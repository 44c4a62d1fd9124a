from __future__ import annotations

from dataclasses import replace

import pytest
from click import unstyle

from appcreds_sync.cli.render.text import report_lines
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.report import ChangeResult, Outcome, Report, StoreReport
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import desired, entry, item, snapshot, wanted


def _text(
    *stores: StoreReport, failures: tuple[Problem, ...] = (), warnings: tuple[Problem, ...] = ()
) -> list[str]:
    report = Report(stores, failures=failures, warnings=warnings)
    return [unstyle(line) for line in report_lines(report)]


@pytest.mark.parametrize(
    "evil", ["\x1b[2J", "\x1b]0;title\x07", "\n  + created", "\x9b1m", "\u202e"]
)
def test_what_strangers_named_does_not_steer_the_terminal(evil: str) -> None:
    title = f"Ann{evil}"
    store = snapshot(
        item("old", "home.old", client_id=f"c{evil}"), entries=(entry("home.old", title=title),)
    )

    lines = list(report_lines(Report((StoreReport("house", make_plan(desired(), store)),))))

    assert any("Ann\N{REPLACEMENT CHARACTER}" in line for line in lines)
    assert not any(evil in line for line in lines)


def test_each_change_says_what_why_and_what_to_do() -> None:
    store = snapshot(item("old", "home.old"), entries=(entry("home.old", title="Ann"),))

    lines = _text(StoreReport("house", make_plan(desired(), store)))

    assert lines[:2] == [
        "house",
        "  ! blocked: delete  spotify/home.old  item old, client id client",
    ]
    assert lines[2].startswith('      why: the account "Ann" uses it')
    assert lines[3].startswith("      do:  remove the account first")


def test_what_came_of_a_change_stands_in_its_place() -> None:
    plan = make_plan(desired(wanted(), wanted("netatmo", "netatmo")), snapshot())
    refused = Problem("x", "it said no", "ask again")
    results = (
        ChangeResult(plan.changes[0], Outcome.FAILED, refused),
        ChangeResult(plan.changes[1], Outcome.APPLIED),
    )

    lines = _text(StoreReport("house", plan, results, applied=True, converged=False))

    assert lines == [
        "house",
        "  x create failed  netatmo/home.netatmo  netatmo  client id client",
        "      why: it said no",
        "      do:  ask again",
        "  + created    spotify/home.spotify  spotify  client id client",
        "  1 create failed, 1 created; 0 unchanged, 0 unmanaged",
        "  not converged: read again, there are changes left",
    ]


def test_a_replace_that_is_taken_up_again_has_no_field_to_name() -> None:
    store = snapshot(
        item("old", secret="other"), item("new"), entries=(entry("home.spotify", title="Ann"),)
    )

    lines = _text(StoreReport("house", make_plan(desired(wanted()), store)))

    assert lines[1] == "  ~ replace    spotify/home.spotify  spotify"


def test_a_double_that_could_not_be_taken_away_says_why() -> None:
    plan = make_plan(desired(wanted()), snapshot(item("a"), item("b"), item("c")))
    (first, second) = plan.pending()
    results = (ChangeResult(first, Outcome.APPLIED), ChangeResult(second, Outcome.APPLIED))
    refused = Problem("x", "it said no", "")
    failed = ChangeResult(second, Outcome.FAILED, refused)
    doubles = (
        ChangeResult(first, Outcome.FAILED, refused),
        failed,
        ChangeResult(first, Outcome.APPLIED),
        failed,
    )

    lines = _text(StoreReport("house", plan, results, doubles, applied=True, converged=False))

    assert lines[-4:] == [
        "  another sync is at work here: 1 double taken away",
        "  x delete failed  spotify/home.spotify  spotify  item b, client id client",
        "      why: it said no",
        "  not converged: read again, there are changes left",
    ]


def test_what_concerns_all_stores_comes_last() -> None:
    house = StoreReport("house", make_plan(desired(), snapshot()))

    lines = _text(
        house,
        warnings=(Problem("w", "soon", "hurry", "a.yaml:1:1"),),
        failures=(Problem("f", "gone", ""),),
    )

    assert lines == [
        "house",
        "  nothing to do; 0 unchanged, 0 unmanaged",
        "warning: a.yaml:1:1: soon",
        "  hurry",
        "error: gone",
    ]


def test_a_store_that_is_not_compared_says_why() -> None:
    reason = Problem("not-compared", "its token is in Vault", "keep it elsewhere")

    lines = _text(StoreReport("house", skipped_reason=reason))

    assert lines == ["house", "  not compared: its token is in Vault", "    keep it elsewhere"]


def test_what_could_not_be_read_is_told_once() -> None:
    gone = Problem("vault-nothing", "there is nothing at kv/a", "write one", "credentials.yaml:3:5")
    other = Problem("vault-nothing", "there is nothing at kv/token", "write one")
    plan = make_plan(desired(wanted(secret=gone)), snapshot())
    read_elsewhere = replace(gone, where="Vault")

    lines = _text(StoreReport("house", plan), failures=(read_elsewhere, other))

    assert [line for line in lines if "kv/a" in line] == ["      why: there is nothing at kv/a"]
    assert lines[-3:] == [
        "error: there is nothing at kv/token",
        "  write one",
        "error: not everything could be read, as told above",
    ]
