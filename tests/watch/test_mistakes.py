from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from appcreds_sync.watch.mistakes import mistake_in_loop

if TYPE_CHECKING:
    from _pytest.logging import LogCaptureFixture


async def test_what_a_forgotten_task_broke_with_is_never_printed(
    caplog: LogCaptureFixture,
) -> None:
    async def breaks() -> None:
        raise ValueError("hunter2")

    asyncio.get_running_loop().set_exception_handler(mistake_in_loop)
    task = asyncio.create_task(breaks())
    await asyncio.wait((task,))
    del task
    gc.collect()

    (said,) = caplog.records
    assert said.message == "internal-error"
    assert "hunter2" not in str(said.__dict__)
    assert said.__dict__["fields"]["error"] == "ValueError"


async def test_without_an_exception_the_loop_says_what_it_is(caplog: LogCaptureFixture) -> None:
    asyncio.get_running_loop().set_exception_handler(mistake_in_loop)
    asyncio.get_running_loop().call_exception_handler({"message": "a task was destroyed"})

    assert caplog.records[0].__dict__["fields"] == {"error": "a task was destroyed"}
