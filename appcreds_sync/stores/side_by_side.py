"""Many questions to one store, some of them at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

WIDTH = 512
"""As many as a live store takes at once: see WINDOW in home_assistant/connection.py."""


async def side_by_side(
    work: Callable[[_Item], Awaitable[_Result]], items: Iterable[_Item]
) -> list[_Result]:
    """Do `work` for each of `items`, at most WIDTH at once; return the results in their order.

    Raise what the first work to fail raises; the others go on.
    """
    # Not a task for each, held back by a semaphore: that looks through all who wait, at each end.
    numbered = list(enumerate(items))
    waiting = iter(numbered)
    results: dict[int, _Result] = {}

    async def take_turns() -> None:
        for number, item in waiting:
            results[number] = await work(item)

    await asyncio.gather(*(take_turns() for _ in numbered[:WIDTH]))
    return [results[number] for number, _ in numbered]
