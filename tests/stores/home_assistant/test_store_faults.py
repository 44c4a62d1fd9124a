"""Answers that no real Home Assistant can be brought to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import CommandRefused, StoreUnavailable
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import NewItem
from appcreds_sync.stores.home_assistant.store import open_live_store
from tests.stores.home_assistant.fake import TOKEN, Refusal, replying, serving, spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.store import ConfigEntry

_ROW = {"id": "google_1", "domain": "google", "client_id": "1", "client_secret": "canary"}
_ENTRY = {
    "entry_id": "e1",
    "domain": "google",
    "title": "Ann",
    "state": "setup_retry",
    "source": "user",
    "supports_unload": True,
    "disabled_by": None,
}
_WILLING: Mapping[str, object] = {
    "auth/current_user": {"is_admin": True},
    "application_credentials/list": [_ROW],
    "application_credentials/config": {"domains": ["google"], "integrations": {}},
    "config_entries/get": [_ENTRY],
    "application_credentials/config_entry": {"application_credentials_id": "google_1"},
}


async def _entries(replies: Mapping[str, object]) -> tuple[ConfigEntry, ...]:
    async with (
        serving(replying({**_WILLING, **replies})) as url,
        open_live_store(spec(url), TOKEN) as store,
    ):
        return (await store.snapshot(())).entries


async def test_an_entry_that_was_removed_meanwhile_is_no_account() -> None:
    gone = Refusal("invalid_config_entry_id", "Config entry not found: e1")

    assert await _entries({"application_credentials/config_entry": gone}) == ()


@pytest.mark.parametrize("reply", [Refusal("unknown_error"), {}])
@pytest.mark.parametrize(
    ("entry", "tells"),
    [
        ({"state": "setup_retry"}, False),
        ({"state": "not_loaded"}, False),
        ({"state": "loaded"}, True),
        ({"state": "not_loaded", "disabled_by": "user"}, True),
    ],
)
async def test_an_entry_without_an_item_tells_only_where_it_runs_or_never_will(
    reply: object,
    entry: Mapping[str, object],
    tells: bool,
) -> None:
    (found,) = await _entries(
        {
            "config_entries/get": [{**_ENTRY, **entry}],
            "application_credentials/config_entry": reply,
        }
    )

    assert found.auth_domain is None
    assert found.tells is tells


@pytest.mark.parametrize("changed", [{"state": "loaded"}, {"disabled_by": "user"}])
async def test_an_entry_whose_item_came_after_the_list_may_use_any(
    changed: Mapping[str, object],
) -> None:
    (found,) = await _entries(
        {
            "config_entries/get": [{**_ENTRY, **changed}],
            "application_credentials/config_entry": {
                "application_credentials_id": "made_meanwhile"
            },
        }
    )

    assert (found.auth_domain, found.tells) == (None, False)


async def test_one_broken_integration_does_not_spoil_the_snapshot() -> None:
    broken = Refusal("unknown_error", "Unknown error")

    async with (
        serving(replying({**_WILLING, "application_credentials/config": broken})) as url,
        open_live_store(spec(url), TOKEN) as store,
    ):
        assert (await store.snapshot(())).integrations is None


async def test_what_integrations_there_are_is_asked_once_a_connection() -> None:
    replies = dict(_WILLING)
    async with serving(replying(replies)) as url, open_live_store(spec(url), TOKEN) as store:
        first = (await store.snapshot(())).integrations
        replies["application_credentials/config"] = {"domains": ["another"]}

        assert (await store.snapshot(())).integrations == first == frozenset({"google"})


@pytest.mark.parametrize("kind", [kind for kind in _WILLING if not kind.endswith("config_entry")])
async def test_each_answer_that_can_not_be_read_is_named(kind: str) -> None:
    async with (
        serving(replying({**_WILLING, kind: "what?"})) as url,
        open_live_store(spec(url), TOKEN) as store,
    ):
        with pytest.raises(StoreUnavailable, match=f"`{kind}`") as caught:
            await store.snapshot(())

    assert caught.value.problem.code == "store-bad-answer"


async def test_a_secret_that_comes_back_in_a_refusal_is_not_shown() -> None:
    echo = Refusal("unknown_error", f"canary-1 and {TOKEN.reveal()}")

    async with (
        serving(replying({"application_credentials/create": echo})) as url,
        open_live_store(spec(url), TOKEN) as store,
    ):
        with pytest.raises(CommandRefused) as caught:
            await store.create(NewItem("oauth_lab", "1", Secret("canary-1"), "home.lab", "The lab"))

    assert "canary" not in str(caught.value)
    assert "<redacted> and <redacted>" in str(caught.value)


@pytest.mark.parametrize(
    ("version", "subscribe"),
    [("2024.6.4", False), ("2024.7.0b3", True), ("2026.11.0", True), ("dev", False)],
)
async def test_subscribe_is_told_by_the_version(version: str, subscribe: bool) -> None:
    async with (
        serving(replying(_WILLING, version)) as url,
        open_live_store(spec(url), TOKEN) as store,
    ):
        assert (await store.snapshot(())).capabilities.subscribe is subscribe
