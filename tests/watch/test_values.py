from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync import manifest
from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.secret import Secret
from appcreds_sync.oauth.catalogue import load_catalogue
from appcreds_sync.secrets.reader import Readings
from appcreds_sync.watch.values import HeldValues, read_values

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.reference import Reference

GONE = Problem("env-missing", "it is not set", "set it")


class _Reader:
    """Answers from a dictionary; what is not in it can't be read."""

    def __init__(self, **values: str) -> None:
        self.values = values
        self.asked: list[str] = []

    def read(self, references: Collection[Reference]) -> Readings:
        self.asked += [str(reference) for reference in references]
        return Readings(
            {
                reference: Resolved(Secret(self.values[name])) if name in self.values else GONE
                for reference in references
                for name in [str(reference).removeprefix("env://")]
            },
            (),
        )


@pytest.fixture
def two_stores(tmp_path: Path) -> Manifest:
    path = tmp_path / "appcreds.yaml"
    path.write_text(
        "version: 1\nowner: home\n"
        "stores:\n"
        "  a: {url: http://a.example.org, token: env://TOKEN}\n"
        "  b: {directory: b}\n"
        "credentials:\n"
        "  spotify: {client_id: x, client_secret: env://SHARED}\n"
        "  netatmo: {client_id: y, client_secret: env://ONLY_B, stores: [b]}\n",
        encoding="utf-8",
    )
    return manifest.load(path, catalogue=load_catalogue()).manifest


def _read(two_stores: Manifest, before: HeldValues, **values: str) -> HeldValues:
    return read_values(two_stores, load_catalogue(), _Reader(**values), before)


def test_each_reference_is_read_once_for_all_stores(two_stores: Manifest) -> None:
    reader = _Reader()
    read_values(two_stores, load_catalogue(), reader, HeldValues())

    assert sorted(reader.asked) == ["env://ONLY_B", "env://SHARED", "env://TOKEN"]


def test_each_reference_that_can_not_be_read_counts_and_each_reason_once(
    two_stores: Manifest,
) -> None:
    gone = _read(two_stores, HeldValues(), TOKEN="t")
    without_token = _read(two_stores, _read(two_stores, gone, TOKEN="t"))

    assert (gone.failures, gone.unreadable) == ((GONE,), 2)
    assert without_token.unreadable == 3


def test_only_the_stores_that_need_a_changed_value_are_named(two_stores: Manifest) -> None:
    first = _read(two_stores, HeldValues(), TOKEN="t", SHARED="1", ONLY_B="1")
    same = _read(two_stores, first, TOKEN="t", SHARED="1", ONLY_B="1")
    one = _read(two_stores, first, TOKEN="t", SHARED="1", ONLY_B="2")
    gone = _read(two_stores, first, TOKEN="t", ONLY_B="1")

    assert same.changed_stores(first) == frozenset()
    assert one.changed_stores(first) == {"b"}
    assert gone.changed_stores(first) == {"a", "b"}
    assert gone.failures == (GONE,)


def test_a_token_that_can_not_be_read_stays_what_it_was(two_stores: Manifest) -> None:
    first = _read(two_stores, HeldValues(), TOKEN="t", SHARED="1", ONLY_B="1")
    gone = _read(two_stores, first, SHARED="1", ONLY_B="1")

    assert gone.changed_stores(first) == frozenset()
    assert gone.failures == (GONE,)
