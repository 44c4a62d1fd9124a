"""Many questions, some of them at a time."""

from __future__ import annotations

import asyncio

import pytest

from appcreds_sync.stores.side_by_side import WIDTH, side_by_side


async def test_results_stand_in_the_order_of_the_items_whoever_ends_first() -> None:
    released = asyncio.Event()

    async def work(item: str) -> str:
        if item == "first":
            await released.wait()
        else:
            released.set()
        return item.upper()

    assert await side_by_side(work, ["first", "second"]) == ["FIRST", "SECOND"]


async def test_no_more_than_the_width_are_at_work_at_once() -> None:
    busy: set[int] = set()
    most = 0

    async def work(item: int) -> int:
        nonlocal most
        busy.add(item)
        most = max(most, len(busy))
        await asyncio.sleep(0)
        busy.remove(item)
        return item

    count = 3 * WIDTH
    assert await side_by_side(work, range(count)) == list(range(count))
    assert most == WIDTH


async def test_nothing_to_do_is_done() -> None:
    async def work(item: int) -> int:
        raise AssertionError(item)

    assert await side_by_side(work, []) == []


async def test_the_first_failure_is_raised() -> None:
    async def work(item: int) -> int:
        if item == 1:
            raise LookupError(item)
        return item

    with pytest.raises(LookupError):
        await side_by_side(work, range(3))
