from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

from appcreds_sync.model.errors import Problem
from appcreds_sync.watch.incidents import Incident
from appcreds_sync.watch.status import (
    CredentialStatus,
    State,
    Status,
    StoreStatus,
    TurnRecord,
)
from appcreds_sync.watch.waking import Cause
from appcreds_sync.watch.web.page import page

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
EVIL = "<script>alert('x')</script>\""


class _Tags(HTMLParser):
    """Which tags open and close, and what they carry."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(f"{tag}.{name}", value or "") for name, value in attrs]
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _status(name: str = "house", state: State = State.NEEDS_A_PERSON) -> Status:
    status = Status(NOW - dt.timedelta(days=3), owner="home", manifest_loaded=NOW)
    problem = Problem("first-contact", f"Ann uses {EVIL}", "take it over")
    status.put(
        StoreStatus(
            name,
            f"https://house.example.org/{EVIL}",
            state,
            turns=(
                TurnRecord(
                    "ab12",
                    frozenset({Cause.DRIFT}),
                    NOW - dt.timedelta(minutes=5),
                    0.1,
                    state,
                    EVIL,
                ),
            ),
            incidents=(Incident("k", problem, NOW - dt.timedelta(hours=2)),),
            credentials=(
                CredentialStatus("spotify", "spotify", "in-sync", expires=NOW.date()),
                CredentialStatus(EVIL, "google", "blocked", accounts=(EVIL,)),
            ),
        )
    )
    return status


def test_it_says_how_it_goes_in_words() -> None:
    words = " ".join(_Tags(page(_status(), NOW)).words)

    assert "1 store waiting for a person" in words
    assert "take it over" in words
    assert "since 2 h ago" in words
    assert "somebody changed the store" in words
    assert "5 min ago" in words
    assert "held back" in words


def test_strangers_words_stay_words() -> None:
    text = page(_status(), NOW)
    tags = _Tags(text)

    assert tags.open == []
    assert re.findall(r"<script[^>]*>", text) == ['<script src="status.js" defer>']
    assert EVIL in " ".join(tags.words)


def test_nothing_in_it_needs_what_the_policy_forbids() -> None:
    names = {name for name, _ in _Tags(page(_status(), NOW)).attributes}

    assert not [name for name in names if name.endswith(".style") or ".on" in name]
    links = [value for name, value in _Tags(page(_status(), NOW)).attributes if ".href" in name]
    # Below a proxy's prefix, too, an absolute path would lead elsewhere.
    assert not [link for link in links if link.startswith(("/", "http"))]


def test_a_broken_manifest_comes_first() -> None:
    status = _status()
    status.manifest_problems = (Problem("manifest-type", "it is no mapping", "mend it", "m:1:1"),)
    text = page(status, NOW)

    assert "The manifest is broken; the last good one stays in force" in text
    assert text.index("m:1:1: it is no mapping") < text.index("house.example.org")


def test_secrets_that_can_not_be_read_are_counted_not_their_reasons() -> None:
    status = _status()
    status.value_failures = (Problem("vault-sealed", "Vault is sealed", "unseal it"),)
    status.unreadable = 50

    assert "50 secrets can&#x27;t be read" in page(status, NOW)


def test_before_anything_is_known() -> None:
    text = page(Status(NOW), NOW)

    assert "Starting" in text
    assert "no manifest yet" in text
