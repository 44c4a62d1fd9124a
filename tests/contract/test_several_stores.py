"""Several stores in one run: each fails alone, and a guard in one stops all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import UsageError
from appcreds_sync.model.report import ExitCode, Report, StoreReport, exit_code
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import declared, held, lab
from tests.lab.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.live_world import LiveWorld
    from tests.contract.world import World

WISH = declared(lab())


@pytest.fixture
def cabin(tmp_path: Path) -> DirectoryWorld:
    """A second store, beside every kind of first one."""
    return DirectoryWorld(tmp_path / "cabin")


def stores(world: World, *others: str, cabin: World | None = None) -> str:
    lines = [f"house: {world.address()}", *others]
    if cabin is not None:
        lines.append(f"cabin: {cabin.address()}")
    return "stores:\n" + "".join(f"  {line}\n" for line in lines)


def of(report: Report, name: str) -> StoreReport:
    return next(store for store in report.stores if store.store == name)


def test_each_gets_what_is_meant_for_it(world: World, cabin: DirectoryWorld) -> None:
    report = world.sync(
        f"stores:\n  house: {world.address()}\n"
        f"  cabin: {{directory: {cabin.folder / 'config'}, labels: [far]}}\n"
        + declared(
            lab("both", client_id="'{store}-client'"),
            lab("near", client_id="near", more="stores: [house]"),
            lab("away", client_id="away", more="stores: [far]"),
        )
    )
    assert [store.converged for store in report.stores] == [True, True]
    assert held(world) == {
        "home.both": [("house-client", "canary-first")],
        "home.near": [("near", "canary-first")],
    }
    assert set(held(cabin)) == {"home.both", "home.away"}


@pytest.mark.parametrize("selector", ["cabin", "far"])
def test_one_can_be_chosen_by_name_or_label(
    world: World, cabin: DirectoryWorld, selector: str
) -> None:
    report = world.sync(
        f"stores:\n  house: {world.address()}\n"
        f"  cabin: {{directory: {cabin.folder / 'config'}, labels: [far]}}\n" + WISH,
        stores=(selector,),
    )
    assert [store.store for store in report.stores] == ["cabin"]
    assert (held(world), list(held(cabin))) == ({}, ["home.lab"])


def test_a_misspelt_choice_changes_nothing(world: World, cabin: DirectoryWorld) -> None:
    with pytest.raises(UsageError, match="did you mean cabin"):
        world.sync(stores(world, cabin=cabin) + WISH, stores=("house", "cabn"))
    assert (held(world), held(cabin)) == ({}, {})


def test_one_that_can_not_be_reached_fails_alone(world: World, cabin: DirectoryWorld) -> None:
    nobody = f"attic: {{url: 'http://127.0.0.1:{free_port()}', token: !secret first}}"
    report = world.sync(stores(world, nobody, cabin=cabin) + WISH)
    (problem,) = of(report, "attic").problems
    assert "attic" in str(problem)
    assert of(report, "attic").plan is None
    assert list(held(world)) == list(held(cabin)) == ["home.lab"]
    assert exit_code(report) == ExitCode.FAILED


def test_one_that_refuses_its_token_fails_alone(live: LiveWorld, cabin: DirectoryWorld) -> None:
    refused = f"attic: {{url: '{live.home_assistant.url}', token: !secret first}}"
    report = cabin.sync(stores(cabin, refused) + WISH)
    (problem,) = of(report, "attic").problems
    assert "token" in str(problem)
    assert "canary" not in str(problem)
    assert list(held(cabin)) == ["home.lab"]
    assert exit_code(report) == ExitCode.FAILED


def test_one_whose_token_can_not_be_read_fails_alone(world: World) -> None:
    nobody = f"attic: {{url: 'http://127.0.0.1:{free_port()}', token: !secret nowhere}}"
    report = world.sync(stores(world, nobody) + WISH)
    assert len(of(report, "attic").problems) == 1
    assert list(held(world)) == ["home.lab"]
    assert exit_code(report) == ExitCode.FAILED


def test_one_whose_storage_is_broken_fails_alone(world: World, cabin: DirectoryWorld) -> None:
    storage = cabin.folder / "config" / ".storage" / "application_credentials"
    storage.write_text("{not json", encoding="utf-8")
    report = world.sync(stores(world, cabin=cabin) + WISH)
    assert len(of(report, "cabin").problems) == 1
    assert storage.read_text(encoding="utf-8") == "{not json"
    assert list(held(world)) == ["home.lab"]


def test_a_guard_in_one_stops_all_before_the_first_change(
    world: World, cabin: DirectoryWorld
) -> None:
    cabin.put_item("other.lab")
    report = world.sync(stores(world, cabin=cabin) + WISH)
    assert report.stopped_by_guard
    assert held(world) == {}
    assert list(held(cabin)) == ["other.lab"]
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_unless_the_others_are_to_keep_going(world: World, cabin: DirectoryWorld) -> None:
    cabin.put_item("other.lab")
    report = world.sync(stores(world, cabin=cabin) + WISH, keep_going=True)
    assert not report.stopped_by_guard
    assert list(held(world)) == ["home.lab"]
    assert list(held(cabin)) == ["other.lab"]
    assert exit_code(report) == ExitCode.NEEDS_A_PERSON


def test_a_guard_in_a_store_that_was_not_chosen_stops_nobody(
    world: World, cabin: DirectoryWorld
) -> None:
    cabin.put_item("other.lab")
    report = world.sync(stores(world, cabin=cabin) + WISH, stores=("house",))
    assert list(held(world)) == ["home.lab"]
    assert exit_code(report) == ExitCode.OK


def test_one_that_fails_and_one_with_a_guard_is_a_failure(
    world: World, cabin: DirectoryWorld
) -> None:
    cabin.put_item("other.lab")
    nobody = f"attic: {{url: 'http://127.0.0.1:{free_port()}', token: !secret first}}"
    report = world.sync(stores(world, nobody, cabin=cabin) + WISH)
    assert exit_code(report) == ExitCode.FAILED
    assert held(world) == {}


def test_one_taken_out_of_the_manifest_is_not_cleaned(world: World, cabin: DirectoryWorld) -> None:
    world.sync(stores(world, cabin=cabin) + WISH)
    world.sync(stores(world) + WISH)
    assert list(held(cabin)) == ["home.lab"]


def test_a_secret_that_no_one_can_read_is_told_once(world: World, cabin: DirectoryWorld) -> None:
    report = world.sync(
        stores(world, cabin=cabin) + declared(lab(secret="nowhere"), lab("b", secret="nowhere"))
    )
    assert len(report.failures) == 1
    assert exit_code(report) == ExitCode.FAILED


class TestWithoutSecrets:
    def test_what_only_a_secret_would_tell_is_not_a_change(self, world: World) -> None:
        world.put_item("home.lab", secret="canary-second")
        wish = declared(
            "lab: {integration: oauth_lab, client_id: client, client_secret: 'vault://kv/ha/lab#s'}"
        )
        report = world.plan(wish, read_secrets=False)
        plan = of(report, "house").plan
        assert plan is not None
        assert (plan.changes, [str(it) for it in plan.not_compared]) == ((), ["oauth_lab/home.lab"])
        assert report.failures == ()

    def test_what_can_be_compared_is(self, world: World) -> None:
        world.put_item("home.lab")
        wish = declared(
            "lab: {integration: oauth_lab, client_id: new, client_secret: 'vault://kv/ha/lab#s'}",
            "more: {integration: oauth_lab, client_id: more, client_secret: 'vault://kv/ha/m#s'}",
        )
        plan = of(world.plan(wish, read_secrets=False), "house").plan
        assert plan is not None
        assert [str(change.action) for change in plan.changes] == ["replace", "create"]

    def test_a_store_whose_token_is_in_vault_is_left_out(self, world: World) -> None:
        far = "attic: {url: 'http://127.0.0.1:9', token: 'vault://kv/ha/attic#token'}"
        report = world.plan(stores(world, far) + WISH, read_secrets=False)
        assert of(report, "attic").skipped_reason is not None
        assert of(report, "house").plan is not None
        assert exit_code(report, detailed=True) == ExitCode.PENDING
