from __future__ import annotations

from appcreds_sync.watch.waking import Cause, Wake


async def test_what_comes_before_it_is_waited_for_is_not_lost_and_comes_once() -> None:
    wake = Wake()
    wake.set(Cause.DRIFT)
    wake.set(Cause.DRIFT)
    wake.set(Cause.VALUE)

    assert await wake.wait(60) == {Cause.DRIFT, Cause.VALUE}
    assert await wake.wait(0) == frozenset()


async def test_an_interruption_has_no_cause() -> None:
    wake = Wake()
    wake.interrupt()

    assert await wake.wait(60) == frozenset()
