"""Every way in which a file comes to hold something else, on a real file system."""

from __future__ import annotations

import asyncio
import os
import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.watch.files import Watched, digests, directories, follow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


async def _notices(watched: Watched, change: Callable[[], object], *, poll: bool = False) -> None:
    before = digests(watched)
    following = asyncio.create_task(follow(watched, before, poll=poll))
    await asyncio.sleep(0.2)
    assert not following.done()
    change()
    async with asyncio.timeout(30):
        await following
    assert digests(watched) != before


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def poll(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class TestNotices:
    async def test_a_write(self, tmp_path: Path, poll: bool) -> None:
        file = tmp_path / "m.yaml"
        file.write_text("1")
        watched = Watched(frozenset({file}))
        await _notices(watched, lambda: file.write_text("2"), poll=poll)

    async def test_an_editors_rename_time_and_again(self, tmp_path: Path) -> None:
        file = tmp_path / "m.yaml"
        file.write_text("0")
        for number in range(1, 4):
            (tmp_path / "new").write_text(str(number))
            await _notices(Watched(frozenset({file})), lambda: (tmp_path / "new").replace(file))

    async def test_the_swap_of_a_config_map_time_and_again(self, tmp_path: Path) -> None:
        data = tmp_path / "..data"
        file = tmp_path / "m.yaml"
        file.symlink_to("..data/m.yaml")
        for number in range(4):
            (tmp_path / f"..{number}").mkdir()
            (tmp_path / f"..{number}" / "m.yaml").write_text(str(number))
        data.symlink_to("..0")

        def swap(number: int) -> None:
            (tmp_path / "..data_tmp").symlink_to(f"..{number}")
            (tmp_path / "..data_tmp").replace(data)

        for number in range(1, 4):
            await _notices(Watched(frozenset({file})), partial(swap, number))

    async def test_git_syncs_swap_of_a_directory_above(self, tmp_path: Path) -> None:
        for number in range(2):
            (tmp_path / f"tree-{number}" / "deep").mkdir(parents=True)
            (tmp_path / f"tree-{number}" / "deep" / "m.yaml").write_text(str(number))
        current = tmp_path / "current"
        current.symlink_to("tree-0")

        def swap() -> None:
            (tmp_path / "next").symlink_to("tree-1")
            (tmp_path / "next").replace(current)

        watched = Watched(frozenset({current / "deep" / "m.yaml"}))
        await _notices(watched, swap)

    async def test_a_file_that_goes_and_one_that_comes(self, tmp_path: Path) -> None:
        file = tmp_path / "m.yaml"
        file.write_text("1")
        watched = Watched(frozenset({file}))
        await _notices(watched, file.unlink)
        await _notices(watched, lambda: file.write_text("2"))

    async def test_a_directory_that_goes_and_comes_back(self, tmp_path: Path) -> None:
        folder = tmp_path / "config"
        folder.mkdir()
        (folder / "m.yaml").write_text("1")
        watched = Watched(frozenset({folder / "m.yaml"}))
        await _notices(watched, lambda: shutil.rmtree(folder))

        def come_back() -> None:
            folder.mkdir()
            (folder / "m.yaml").write_text("2")

        await _notices(watched, come_back)

    async def test_a_part_that_joins_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("1")
        await _notices(
            Watched(folders=frozenset({tmp_path})), lambda: (tmp_path / "b.yaml").write_text("2")
        )

    async def test_what_changed_before_it_was_asked(self, tmp_path: Path) -> None:
        file = tmp_path / "m.yaml"
        file.write_text("1")
        watched = Watched(frozenset({file}))
        before = digests(watched)
        file.write_text("2")

        async with asyncio.timeout(30):
            await follow(watched, before, poll=False)


async def test_what_leaves_the_content_alone_wakes_nobody(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text("1")
    watched = Watched(frozenset({file}))
    following = asyncio.create_task(follow(watched, digests(watched), poll=False))
    for number in range(5):
        await asyncio.sleep(0.06)
        (tmp_path / "beside.log").write_text(str(number))
        file.write_text("1")
        file.touch()

    await asyncio.sleep(0.3)
    assert not following.done()

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


def test_a_link_that_leads_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    found = directories(Watched(frozenset({tmp_path / "a" / "m.yaml"})))

    assert str(tmp_path) in {directory for directory, _ in found}


async def test_without_events_content_is_compared_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(*_: object, **__: object) -> None:
        # As watchfiles has it where fs.inotify.max_user_instances is used up.
        raise RuntimeError("error creating recommended watcher: Too many open files")

    monkeypatch.setattr("watchfiles.awatch", none_left)
    file = tmp_path / "m.yaml"
    file.write_text("1")
    await _notices(Watched(frozenset({file})), lambda: file.write_text("2"))
    assert "no-file-events" in caplog.text


async def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert digests(Watched(frozenset({pipe}))) == {pipe: None}


async def test_dot_files_are_no_part_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".#m.yaml").symlink_to("someone@host.1")
    (tmp_path / "m.yaml").write_text("1")
    assert list(digests(Watched(folders=frozenset({tmp_path})))) == [tmp_path / "m.yaml"]
