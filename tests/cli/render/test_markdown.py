from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from appcreds_sync.cli.render.harmless import on_terminal
from appcreds_sync.cli.render.markdown import report_markdown
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.report import ChangeResult, Outcome, Report, StoreReport
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import desired, entry, item, snapshot, wanted

HOSTILE = [
    "a | b",
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![](https://evil.example/pixel)",
    "**bold** _it_ ~~gone~~ `code`",
    "&lt;b&gt; &amp; \\| \\",
    "a\nb\n\n# heading",
    "$x$",
]


def _report(title: str) -> Report:
    """Return a report whose one change, a blocked delete, names an account `title`."""
    store = snapshot(item("old", "home.old"), entries=(entry("home.old", title=title),))
    plan = make_plan(desired(), store)
    return Report((StoreReport("house", plan),), failures=(Problem("x", title, "do it", "here"),))


def _cells(text: str) -> list[str]:
    """Return what a reader sees in the cells of all tables, and fail on any other markup."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    cells = []
    for before, token in pairwise(tokens):
        if before.type == "td_open":
            assert [child.type for child in token.children or ()] in (["text"], [])
            cells.append("".join(child.content for child in token.children or ()))
    return cells


def _seen(text: str) -> str:
    return on_terminal(" ".join(text.replace("\u200b", "").split()))


@pytest.mark.parametrize("title", HOSTILE)
def test_what_strangers_named_is_seen_as_it_is(title: str) -> None:
    details = _cells(report_markdown(_report(title)))[3]

    assert f"used by {_seen(title)}. the account" in _seen(details)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_no_text_becomes_markup(title: str) -> None:
    cells = _cells(report_markdown(_report(f"x{title}x")))

    assert len(cells) == 4
    assert f"used by {_seen(f'x{title}x')}." in _seen(cells[3])


@pytest.mark.parametrize(
    "link", ["@somebody", "me@example.org", "#12", "https://evil.example", "WWW.evil.example"]
)
def test_nothing_is_linked_or_mentioned_by_itself(link: str) -> None:
    text = report_markdown(_report(link))

    assert link not in text.replace("\\", "")
    assert link in text.replace("\\", "").replace("\u200b", "")


def test_a_reference_in_a_hint_can_be_copied() -> None:
    problem = Problem("x", "what", "write vault://kv/ha/spotify#client_secret")

    text = report_markdown(Report((), failures=(problem,)))

    assert "vault://kv/ha/spotify#client_secret" in text.replace("\\", "")


def test_a_store_that_could_not_be_read_is_told() -> None:
    problem = Problem("x", "nothing listens", "start it", "store house")

    text = report_markdown(Report((StoreReport("house", problems=(problem,)),)))

    assert text.splitlines()[2:] == ["**house**", "", "- store house: nothing listens; start it"]


def test_changes_stand_in_a_table_below_their_totals() -> None:
    plan = make_plan(desired(wanted()), snapshot())

    text = report_markdown(Report((StoreReport("house", plan),)))

    assert "**house**: 1 to create; 0 unchanged, 0 unmanaged" in text
    assert re.search(r"^\| create \| spotify/home.spotify \| spotify \| ", text, re.MULTILINE)


def test_what_a_person_should_know_of_a_result_is_told() -> None:
    plan = make_plan(desired(wanted()), snapshot())
    (change,) = plan.changes
    done = ChangeResult(change, Outcome.APPLIED, notes=("restart it", "not used yet"))
    lost = ChangeResult(change, Outcome.FAILED, Problem("x", "it said no", ""))

    text = report_markdown(Report((StoreReport("house", plan, (done,), (done, lost)),)))

    assert [cell for cell in _cells(text) if "client" in cell] == [
        "client id client. restart it. not used yet",
        "client id client. it said no",
    ]


def test_guards_and_what_they_stopped_are_told() -> None:
    plan = make_plan(desired(), snapshot(item("a")))
    report = replace(Report((StoreReport("house", plan),)), stopped_by_guard=True)

    text = report_markdown(report)

    assert "--allow-empty" in text
    assert text.endswith("**Nothing was changed in any store.**\n")
