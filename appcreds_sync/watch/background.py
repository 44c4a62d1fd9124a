"""Work that does not hold the program's end, however long it takes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_T = TypeVar("_T")


async def in_thread(work: Callable[[], _T]) -> _T:
    """Run `work` in a thread of its own and return its result, or raise what it raises.

    A read that Vault leaves hanging must not keep the daemon from ending: unlike the pool of
    asyncio, whose threads are waited for, this thread dies with the program.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("_T", result))

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001  # handed over to who waits
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="watch-read").start()
    return await done


async def unless(event: asyncio.Event, work: Coroutine[object, object, _T]) -> _T | None:
    """Return what `work` returns; None where `event` comes first, and `work` is cancelled then."""
    working = asyncio.ensure_future(work)
    come = asyncio.create_task(event.wait())
    await asyncio.wait((working, come), return_when=asyncio.FIRST_COMPLETED)
    come.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.wait((working,))
    return None
