"""What we write is what a real Home Assistant reads, and what it writes is what we read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.model.errors import StoreError
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, NewItem, Snapshot
from appcreds_sync.stores.directory.collection import read_collection
from tests.lab.home_assistant import HomeAssistant
from tests.lab.versions import HOME_ASSISTANTS
from tests.stores.directory.builders import CANARY, credentials_file, new_item, open_store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from tests.conftest import RunningHomeAssistants

NEW = (
    new_item("spotify", "an.id/with-marks"),
    new_item("spotify", "an id with marks"),
    new_item("oauth_lab", "öäü 客户 \u2028", 'A "name" with \\ and ü'),
    NewItem("google", " stripped\n", Secret(f"\t{CANARY} "), "google_taken_over", ""),
)


@pytest.fixture
def home_assistant(home_assistant: HomeAssistant) -> Iterator[HomeAssistant]:
    """Leave it running, as other tests expect it."""
    yield home_assistant
    home_assistant.start()


def write(
    directory: Path, *, create: Collection[NewItem], delete: Collection[str] = ()
) -> tuple[Item, ...]:
    """Create and delete in one go; return all items as the store has them then."""

    async def turn() -> tuple[Item, ...]:
        async with open_store(directory, stopped=True) as store:
            async with store.writing():
                for new in create:
                    await store.create(new)
                for item_id in delete:
                    await store.delete(item_id)
            return await store.items()

    return asyncio.run(turn())


def read(directory: Path) -> Snapshot:
    async def turn() -> Snapshot:
        async with open_store(directory) as store:
            return await store.snapshot(())

    return asyncio.run(turn())


def listed(home_assistant: HomeAssistant) -> tuple[Item, ...]:
    return tuple(as_item(row) for row in home_assistant.items())


def as_item(row: dict[str, Any]) -> Item:
    secret = Secret(row["client_secret"])
    auth_domain, name = row.get("auth_domain"), row.get("name")
    return Item(row["id"], row["domain"], row["client_id"], secret, auth_domain, name)


def test_home_assistant_shows_what_we_wrote_and_it_survives_its_own_writes(
    home_assistant: HomeAssistant,
) -> None:
    by_hand = {"domain": "spotify", "client_secret": "s", "name": "By hand"}
    kept = home_assistant.create_item(client_id="kept", **by_hand)
    dropped = home_assistant.create_item(client_id="dropped", **by_hand)
    home_assistant.stop()

    ours = write(home_assistant.config_dir, create=NEW, delete=[dropped["id"]])
    assert ours[0] == as_item(kept)
    assert len(ours) == 1 + len(NEW)

    home_assistant.start()
    assert listed(home_assistant) == ours

    # Any change makes it write all items anew.
    added = home_assistant.create_item(client_id="an id.with marks", **by_hand)
    assert added["id"] == "spotify_an_id_with_marks_3"
    home_assistant.stop()
    assert read(home_assistant.config_dir).items == (*ours, as_item(added))


def test_what_home_assistant_writes_we_would_write_alike(home_assistant: HomeAssistant) -> None:
    for new in NEW:
        home_assistant.create_item(
            domain=new.domain,
            client_id=new.client_id,
            client_secret=new.client_secret.reveal(),
            auth_domain=new.auth_domain,
            name=new.name,
        )
    home_assistant.stop()
    path = credentials_file(home_assistant.config_dir)
    theirs = path.read_bytes()
    assert read_collection(path).render() == theirs
    mode = path.stat().st_mode

    write(
        home_assistant.config_dir, create=(), delete=[row.id for row in read_collection(path).items]
    )
    assert read_collection(path).items == ()
    write(home_assistant.config_dir, create=NEW)
    assert path.read_bytes() == theirs
    assert path.stat().st_mode == mode


def test_an_account_is_seen_to_use_what_we_wrote(home_assistant: HomeAssistant) -> None:
    home_assistant.stop()
    written = write(home_assistant.config_dir, create=[new_item("oauth_lab", "a client")])
    home_assistant.start()
    linked = home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.oauth_lab")
    off = home_assistant.add_entry(
        domain="oauth_lab", auth_implementation="home.oauth_lab", disabled=True
    )
    assert home_assistant.item_of_entry(linked) == written[0].id
    home_assistant.stop()

    snapshot = read(home_assistant.config_dir)
    assert {(e.entry_id, e.auth_domain, e.disabled, e.title) for e in snapshot.entries} == {
        (linked, "home.oauth_lab", False, "An account"),
        (off, "home.oauth_lab", True, "An account"),
    }
    assert snapshot.capabilities.ha_version == home_assistant.version


def test_a_running_home_assistant_is_found_and_a_stopped_one_needs_a_persons_word(
    home_assistant: HomeAssistant,
) -> None:
    async def write_nothing(*, stopped: bool) -> None:
        async with open_store(home_assistant.config_dir, stopped=stopped) as store, store.writing():
            pass

    for stopped in (False, True):
        with pytest.raises(StoreError, match="Home Assistant runs on this directory"):
            asyncio.run(write_nothing(stopped=stopped))
    home_assistant.stop()
    # Both versions are older than .ha_run.lock.
    with pytest.raises(StoreError, match="--home-assistant-is-stopped"):
        asyncio.run(write_nothing(stopped=False))
    asyncio.run(write_nothing(stopped=True))


class _Prepared(HomeAssistant):
    """One whose very first start finds a directory that we wrote."""

    def _lay_out(self) -> None:
        super()._lay_out()
        self.prepared = write(self.config_dir, create=NEW)


@pytest.mark.parametrize("version", HOME_ASSISTANTS)
def test_a_first_start_finds_what_we_wrote(
    home_assistants: RunningHomeAssistants, version: str, tmp_path: Path
) -> None:
    assert home_assistants[version].version == version
    fresh = _Prepared(version, tmp_path / "fresh")
    try:
        fresh.onboard()
        assert listed(fresh) == fresh.prepared
        assert len(fresh.prepared) == len(NEW)
    finally:
        fresh.stop()
