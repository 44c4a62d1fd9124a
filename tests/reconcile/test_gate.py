from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, Guard, GuardKind, Plan
from appcreds_sync.reconcile.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

HARMLESS = Plan("harmless", (), (), 0, 0)
NO = Problem("not-this-one", "it is not the plan that was saved", "plan again")
GUARDED = Plan("guarded", (), (Guard(GuardKind.EMPTY, NO),), 0, 0)

PRUNES = Plan("prunes", (Change(Action.DELETE, Identity("spotify", "home.old"), None),), (), 0, 0)


async def is_waiting(gate: Gate) -> bool:
    opened = asyncio.ensure_future(gate.opened())
    await asyncio.sleep(0)
    waiting = not opened.done()
    opened.cancel()
    return waiting


async def test_it_waits_for_every_store() -> None:
    gate = Gate(["a", "b"], keep_going=False)
    gate.report("a", HARMLESS)
    assert await is_waiting(gate)
    gate.report("b", HARMLESS)
    assert await gate.opened()


async def test_a_guard_anywhere_holds_all_back() -> None:
    gate = Gate(["a", "b"], keep_going=False)
    gate.report("a", HARMLESS)
    gate.report("b", GUARDED)
    assert not await gate.opened()
    assert gate.stopped


async def test_a_store_that_can_not_be_read_holds_nobody_back() -> None:
    gate = Gate(["a", "b"], keep_going=False)
    gate.report("a", None)
    gate.report("b", HARMLESS)
    assert await gate.opened()


async def test_to_keep_going_is_not_to_wait() -> None:
    gate = Gate(["a", "b"], keep_going=True)
    gate.report("a", HARMLESS)
    assert await gate.opened()
    gate.report("b", GUARDED)
    assert await gate.opened()
    assert not gate.stopped


@pytest.mark.parametrize("keep_going", [False, True])
async def test_who_has_to_approve_sees_all_plans_first(keep_going: bool) -> None:
    seen: list[Mapping[str, Plan]] = []

    def approve(plans: Mapping[str, Plan]) -> tuple[Problem, ...]:
        seen.append(dict(plans))
        return (NO,)

    gate = Gate(["a", "b", "c"], keep_going=keep_going, approve=approve)
    gate.report("a", HARMLESS)
    gate.report("b", None)
    assert await is_waiting(gate)
    gate.report("c", HARMLESS)
    assert not await gate.opened()
    assert seen == [{"a": HARMLESS, "c": HARMLESS}]
    assert gate.refused == (NO,)


@pytest.mark.parametrize(
    ("plan", "keep_going", "opens"),
    [(HARMLESS, False, True), (PRUNES, False, False), (PRUNES, True, True)],
)
async def test_what_is_one_home_assistant_does_not_prune_itself(
    plan: Plan,
    keep_going: bool,
    opens: bool,
) -> None:
    gate = Gate(["a", "b", "c", "d"], keep_going=keep_going)
    for name, run_id in (("b", "1"), ("a", "1"), ("c", "2"), ("d", "")):
        gate.report(name, plan, run_id)
    assert await gate.opened() is opens
    (twins,) = gate.twins
    assert twins.what == "the stores a and b are one Home Assistant at 2 addresses"
    assert gate.refused == (() if opens else (twins,))
