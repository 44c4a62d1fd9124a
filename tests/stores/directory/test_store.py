from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import CommandRefused, StoreError
from appcreds_sync.model.store import Capabilities
from appcreds_sync.stores.directory import replacing
from appcreds_sync.stores.directory.ownership import Ownership
from tests.stores.directory.builders import (
    CANARY,
    CAPTURED_CREDENTIALS,
    STRANGER,
    config_directory,
    credentials_file,
    is_root,
    new_item,
    open_store,
    stored_items,
)

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.stores.interface import Store
    from tests.stores.directory.conftest import Holder

TAKE_LOCK = "file = open(path, 'a+'); fcntl.flock(file, fcntl.LOCK_EX)"


def everything_in(directory: Path) -> dict[str, tuple[int, int, int, bytes]]:
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.stat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_ino, status.st_mode, status.st_mtime_ns, content)
    return found


async def write_nothing(store: Store) -> None:
    async with store.writing():
        pass


async def test_a_snapshot_holds_items_their_accounts_and_the_version(directory: Path) -> None:
    before = everything_in(directory)
    async with open_store(directory) as store:
        snapshot = await store.snapshot(["spotify"])
        assert store.name == snapshot.store == "cabin"
    assert [(item.id, item.key) for item in snapshot.items] == [
        ("spotify_sample_client_id", "spotify_sample_client_id"),
        ("spotify_sample_client_id_2", "spotify_sample_client_id_2"),
        ("google_sample_google", "home.family"),
        ("netatmo_oau_sample", "netatmo_oau_sample"),
        ("oauth_lab_lab_a", "home.lab"),
    ]
    # Not asked for, but an item's domain.
    assert [entry.domain for entry in snapshot.entries] == ["oauth_lab"]
    assert snapshot.integrations is None
    assert snapshot.capabilities == Capabilities("2026.11.0", subscribe=False, reload=False)
    assert everything_in(directory) == before


async def test_all_changes_are_one_write_at_the_end(directory: Path) -> None:
    async with open_store(directory) as store:
        async with store.writing():
            created = await store.create(new_item())
            await store.delete("spotify_sample_client_id")
            await store.delete("spotify_sample_client_id")
            within = await store.items()
            assert credentials_file(directory).read_bytes() == CAPTURED_CREDENTIALS.read_bytes()
        assert await store.items() == within
    assert created == within[-1]
    assert [item["id"] for item in stored_items(directory)] == [
        "spotify_sample_client_id_2",
        "google_sample_google",
        "netatmo_oau_sample",
        "oauth_lab_lab_a",
        "spotify_an_id",
    ]
    assert stored_items(directory)[-1]["client_secret"] == CANARY


async def test_nothing_is_touched_where_nothing_changes_in_the_end(directory: Path) -> None:
    before = everything_in(directory)
    async with open_store(directory) as store, store.writing():
        created = await store.create(new_item())
        await store.delete(created.id)
    assert everything_in(directory) == before


async def fail_within(store: Store) -> None:
    async with store.writing():
        await store.create(new_item())
        raise KeyError


async def test_an_exception_inside_leaves_all_as_it_was(directory: Path) -> None:
    before = everything_in(directory)
    async with open_store(directory) as store:
        with pytest.raises(KeyError):
            await fail_within(store)
        assert len(await store.items()) == 5
    assert everything_in(directory) == before


async def test_a_second_turn_of_the_same_store_goes_on_from_the_first(directory: Path) -> None:
    async with open_store(directory) as store:
        for expected in ("spotify_an_id", "spotify_an_id_2"):
            async with store.writing():
                assert (await store.create(new_item())).id == expected
    assert len(stored_items(directory)) == 7


async def test_owner_and_mode_of_the_file_are_kept(directory: Path) -> None:
    path = credentials_file(directory)
    owned = Ownership(STRANGER, STRANGER + 1, 0o640)
    if not is_root():
        owned = Ownership(os.geteuid(), os.getegid(), 0o640)
    os.chown(path, owned.uid, owned.gid)
    path.chmod(owned.mode)
    async with open_store(directory) as store, store.writing():
        await store.create(new_item())
    status = path.stat()
    assert Ownership(status.st_uid, status.st_gid, status.st_mode & 0o7777) == owned


async def test_a_fresh_directory_gets_storage_and_a_private_file(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        assert await store.items() == ()
        assert (await store.snapshot(["spotify"])).capabilities.ha_version is None
        assert everything_in(tmp_path) == {}
        async with store.writing():
            await store.create(new_item())
    assert [item["id"] for item in stored_items(tmp_path)] == ["spotify_an_id"]
    assert credentials_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / ".storage").iterdir()) == [credentials_file(tmp_path)]


async def test_a_fresh_directory_stays_empty_where_nothing_is_written(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store, store.writing():
        pass
    assert everything_in(tmp_path) == {}


@pytest.mark.usefixtures("without_root")
async def test_an_ordinary_user_writes_its_own_directory(open_to_all: Path) -> None:
    directory = config_directory(open_to_all)
    async with open_store(directory) as store, store.writing():
        await store.create(new_item())
    assert len(stored_items(directory)) == 6


async def test_writing_is_refused_while_home_assistant_runs_and_reading_is_not(
    directory: Path, another_process: Holder
) -> None:
    with another_process(TAKE_LOCK, directory / ".ha_run.lock"):
        async with open_store(directory, stopped=True) as store:
            assert len(await store.items()) == 5
            with pytest.raises(StoreError, match=r"it holds \.ha_run\.lock"):
                await write_nothing(store)


async def test_a_home_assistant_that_starts_meanwhile_is_seen(
    directory: Path, another_process: Holder
) -> None:
    start = another_process(TAKE_LOCK, directory / ".ha_run.lock")
    with ExitStack() as started:
        async with open_store(directory) as store:
            writing = store.writing()
            await writing.__aenter__()
            await store.create(new_item())
            started.enter_context(start)
            with pytest.raises(StoreError, match=r"it holds \.ha_run\.lock"):
                await writing.__aexit__(None, None, None)
    assert credentials_file(directory).read_bytes() == CAPTURED_CREDENTIALS.read_bytes()


async def test_what_can_not_be_known_a_person_may_say(tmp_path: Path) -> None:
    directory = config_directory(tmp_path, version="2025.4.4")
    async with open_store(directory) as store:
        with pytest.raises(StoreError, match=r"2025\.4\.4 runs on this directory; stop it"):
            await write_nothing(store)
    async with open_store(directory, stopped=True) as store, store.writing():
        await store.create(new_item())
    assert len(stored_items(directory)) == 6


async def test_two_of_us_do_not_write_at_once(directory: Path) -> None:
    async with open_store(directory) as first, open_store(directory) as second:
        async with first.writing():
            await first.create(new_item())
            with pytest.raises(StoreError, match="another appcreds-sync writes to this directory"):
                await write_nothing(second)
        async with second.writing():
            assert (await second.create(new_item())).id == "spotify_an_id_2"


async def test_a_plan_that_another_of_us_outdated_is_not_applied(directory: Path) -> None:
    async with open_store(directory) as first, open_store(directory) as second:
        await first.snapshot(())
        await second.snapshot(())
        async with first.writing():
            await first.create(new_item())
        with pytest.raises(StoreError, match="has changed since it was read"):
            await write_nothing(second)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"version": 2, "key": "application_credentials", "data": {"items": []}}'],
)
async def test_a_file_that_we_can_not_read_is_never_overwritten(
    directory: Path, content: bytes
) -> None:
    credentials_file(directory).write_bytes(content)
    before = everything_in(directory)
    async with open_store(directory) as store:
        with pytest.raises(StoreError):
            await store.items()
        with pytest.raises(StoreError):
            await write_nothing(store)
    assert everything_in(directory) == before


async def test_a_symbolic_link_is_read_but_not_written(directory: Path) -> None:
    path = credentials_file(directory)
    path.rename(directory / "elsewhere")
    path.symlink_to(directory / "elsewhere")
    async with open_store(directory) as store:
        assert len(await store.items()) == 5
        with pytest.raises(StoreError, match="put the file itself there"):
            await write_nothing(store)
    assert path.is_symlink()


async def test_reload_is_refused(directory: Path) -> None:
    async with open_store(directory) as store:
        with pytest.raises(CommandRefused, match="no Home Assistant runs on this directory"):
            await store.reload("01M87QG0D6HVT5Z59FA0BJ0SKV")


async def test_a_change_outside_of_writing_is_our_own_mistake(directory: Path) -> None:
    async with open_store(directory) as store:
        with pytest.raises(RuntimeError, match=r"store\.writing"):
            await store.create(new_item())
        with pytest.raises(RuntimeError, match=r"store\.writing"):
            await store.delete("spotify_sample_client_id")


async def test_a_directory_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        async with open_store(tmp_path / "cabin"):
            pytest.fail("must not be reached")


async def test_a_turn_cancelled_twice_lets_go_only_when_its_write_has_ended(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    reached = asyncio.Event()
    real_fsync = os.fsync
    turns: list[asyncio.Task[None]] = []

    def cancel_and_go_on(descriptor: int) -> None:
        # In the thread that writes; the loop is free to hear of it.
        loop.call_soon_threadsafe(turns[0].cancel)
        asyncio.run_coroutine_threadsafe(mark_reached(), loop).result()
        real_fsync(descriptor)

    async def mark_reached() -> None:
        reached.set()

    async def turn() -> None:
        async with open_store(directory) as store, store.writing():
            await store.create(new_item())

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", cancel_and_go_on)
        turns.append(asyncio.create_task(turn()))
        with pytest.raises(asyncio.CancelledError):
            await turns[0]
    assert reached.is_set()
    assert len(stored_items(directory)) == 6
    assert not replacing.draft_of(credentials_file(directory)).exists()
