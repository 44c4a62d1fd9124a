from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.store import ConfigEntry
from appcreds_sync.stores.directory.entries import read_entries
from appcreds_sync.stores.directory.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path


def write_entries(directory: Path, *entries: object) -> None:
    document = {"version": 1, "key": "core.config_entries", "data": {"entries": entries}}
    (directory / ".storage" / "core.config_entries").write_text(json.dumps(document))


def test_the_captured_account_uses_its_credential(directory: Path) -> None:
    assert read_entries(Layout(directory), {"oauth_lab"}) == (
        ConfigEntry(
            entry_id="01M87QG0D6HVT5Z59FA0BJ0SKV",
            domain="oauth_lab",
            title="lab",
            state=None,
            disabled=False,
            source="user",
            auth_domain="home.lab",
        ),
    )


def test_only_the_domains_asked_for_are_returned(directory: Path) -> None:
    assert read_entries(Layout(directory), {"spotify"}) == ()


def test_disabled_ignored_and_unlinked_entries_are_told_apart(directory: Path) -> None:
    write_entries(
        directory,
        {"domain": "a", "entry_id": "1", "disabled_by": "user", "data": {}},
        {"domain": "a", "entry_id": "2", "source": "ignore"},
        {"domain": "a", "entry_id": "3", "data": {"auth_implementation": "cloud"}},
    )
    disabled, ignored, linked = read_entries(Layout(directory), {"a"})
    assert (disabled.disabled, disabled.auth_domain) == (True, None)
    assert (ignored.source, ignored.auth_domain) == ("ignore", None)
    assert (linked.disabled, linked.auth_domain) == (False, "cloud")


def test_no_file_is_no_account(directory: Path) -> None:
    (directory / ".storage" / "core.config_entries").unlink()
    assert read_entries(Layout(directory), {"oauth_lab"}) == ()


@pytest.mark.parametrize("content", ["", "{}", '{"version": 2, "key": "core.config_entries"}'])
def test_a_broken_file_must_not_make_credentials_look_unused(directory: Path, content: str) -> None:
    (directory / ".storage" / "core.config_entries").write_text(content)
    with pytest.raises(StoreError, match=r"core\.config_entries"):
        read_entries(Layout(directory), {"oauth_lab"})


def test_an_entry_without_a_domain_is_refused(directory: Path) -> None:
    write_entries(directory, {"entry_id": "1"})
    with pytest.raises(StoreError, match=r"data\.entries\[0\]\.domain should be text, not null"):
        read_entries(Layout(directory), {"oauth_lab"})
