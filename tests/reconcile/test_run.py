from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import Problem, UsageError
from appcreds_sync.model.report import ExitCode, exit_code
from appcreds_sync.reconcile.run import choose_stores
from tests.planning.builders import item
from tests.reconcile.crowd import TODAY, of, sync
from tests.reconcile.manifests import credential, directory, live, manifest
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reconcile.crowd import Crowd

THREE = manifest(directory("a"), directory("b"), directory("c"), credential())


class TestChoosing:
    WISH = manifest(directory("house", "pilot"), directory("cabin", "far", "pilot"), live("attic"))

    @pytest.mark.parametrize(
        ("selectors", "names"),
        [
            ((), ["house", "cabin", "attic"]),
            (("cabin",), ["cabin"]),
            (("pilot",), ["house", "cabin"]),
            (("attic", "far"), ["cabin", "attic"]),
        ],
    )
    def test_by_name_or_label_in_the_manifest_s_order(
        self, selectors: tuple[str, ...], names: list[str]
    ) -> None:
        assert [spec.name for spec in choose_stores(self.WISH, selectors)] == names

    def test_what_names_nothing_is_told_with_a_guess_each(self) -> None:
        with pytest.raises(UsageError) as raised:
            choose_stores(self.WISH, ("hous", "house", "zzz"))
        close, far = raised.value.problems
        assert "did you mean house?" in close.hint
        assert "attic, cabin, far, house, pilot" in far.hint


class TestStores:
    async def test_all_are_in_the_report_in_the_manifest_s_order(self, crowd: Crowd) -> None:
        report = await sync(THREE)
        assert [store.store for store in report.stores] == ["a", "b", "c"]
        assert [store.converged for store in report.stores] == [True] * 3
        assert [it.key for it in crowd.stores["b"].held] == ["home.spotify"]

    async def test_one_that_can_not_be_opened_fails_alone(self, crowd: Crowd) -> None:
        crowd.refuses["b"] = GONE
        report = await sync(THREE)
        assert (of(report, "b").problems, of(report, "b").plan) == (GONE.problems, None)
        assert of(report, "a").converged is of(report, "c").converged is True
        assert exit_code(report) == ExitCode.FAILED

    async def test_so_does_one_that_can_not_be_read(self, crowd: Crowd) -> None:
        crowd.stores["b"] = MemoryStore(name="b", fails={"snapshot": GONE})
        report = await sync(THREE)
        assert of(report, "b").problems == GONE.problems
        assert of(report, "c").converged is True

    async def test_what_was_opened_is_closed_again(self, crowd: Crowd) -> None:
        crowd.stores["b"] = MemoryStore(name="b", fails={"snapshot": GONE})
        crowd.stores["c"] = MemoryStore(name="c", fails={"create": GONE})
        await sync(THREE)
        assert crowd.opened == {"a": 0, "b": 0, "c": 0}

    async def test_a_mistake_of_ours_ends_all_and_comes_out_as_it_was(self, crowd: Crowd) -> None:
        mistake = ZeroDivisionError("of ours")
        crowd.stores["b"] = MemoryStore(name="b", fails={"snapshot": mistake})
        with pytest.raises(ZeroDivisionError, match="of ours"):
            await sync(THREE)
        assert crowd.opened == {"a": 0, "b": 0, "c": 0}

    async def test_never_more_are_busy_at_once_than_allowed(self, crowd: Crowd) -> None:
        wish = manifest(*(directory(f"s{n}") for n in range(9)), credential())
        report = await sync(wish, concurrency=4)
        assert crowd.most_busy == 4
        assert len(report.stores) == 9

    async def test_one_at_a_time_is_no_deadlock_at_the_gate(self, crowd: Crowd) -> None:
        async with asyncio.timeout(10):
            report = await sync(THREE, concurrency=1)
        assert crowd.most_busy == 1
        assert [store.converged for store in report.stores] == [True] * 3


class TestGate:
    async def test_a_guard_in_one_store_stops_all(self, crowd: Crowd) -> None:
        crowd.stores["b"] = MemoryStore([item("x", "cabin.spotify")], name="b")
        report = await sync(THREE)
        assert report.stopped_by_guard
        assert {it.outcome for store in report.stores for it in store.results} == {"skipped"}
        assert all(store.held == [] for name, store in crowd.stores.items() if name != "b")
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON

    async def test_a_plan_is_not_stopped_by_it(self, crowd: Crowd) -> None:
        crowd.stores["b"] = MemoryStore([item("x", "cabin.spotify")], name="b")
        report = await sync(THREE, apply=False)
        assert not report.stopped_by_guard
        assert exit_code(report) == ExitCode.OK

    async def test_plans_that_are_not_approved_are_not_applied(self, crowd: Crowd) -> None:
        no = Problem("plan-changed", "the plan is another one", "plan again")
        report = await sync(THREE, approve=lambda _: (no,))
        assert (report.refused, report.stopped_by_guard) == ((no,), True)
        assert all(store.held == [] for store in crowd.stores.values())
        assert exit_code(report) == ExitCode.NEEDS_A_PERSON


async def test_warnings_of_the_reader_and_of_the_calendar_are_in_the_report(
    crowd: Crowd, tmp_path: Path
) -> None:
    readable = tmp_path / "secret"
    readable.write_text("secret-1")
    readable.chmod(0o644)
    spec = replace(credential(secret=f"file://{readable}"), expires=TODAY)
    report = await sync(manifest(directory("a"), spec), apply=False)
    assert [warning.code for warning in report.warnings] == ["file-readable-by-all", "expires-soon"]
    assert list(crowd.stores) == ["a"]
