"""Several items of one identity: the last one counts, the others go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.contract.reading import changes, declared, held, lab, only_change, plan, store

if TYPE_CHECKING:
    from tests.contract.live_world import LiveWorld
    from tests.contract.world import World


def test_the_last_item_is_compared_and_the_earlier_ones_go(world: World) -> None:
    loser = world.put_item("home.lab", secret="canary-second")
    world.put_item("home.lab")
    report = world.sync(declared(lab()))
    assert changes(report) == [("delete", "home.lab", "superseded")]
    change = only_change(report)
    assert change.item is not None
    assert change.item.id == loser
    assert held(world) == {"home.lab": [("client", "canary-first")]}


def test_an_earlier_item_that_is_right_does_not_help(world: World) -> None:
    world.put_item("home.lab")
    world.put_item("home.lab", secret="canary-second")
    report = world.sync(declared(lab()))
    assert [action for action, _, _ in changes(report)] == ["replace", "delete"]
    assert held(world) == {"home.lab": [("client", "canary-first")]}
    assert store(report).converged is True


def test_two_that_are_the_same_become_one(world: World) -> None:
    world.put_item("home.lab")
    world.put_item("home.lab")
    world.sync(declared(lab()))
    assert held(world) == {"home.lab": [("client", "canary-first")]}


def test_a_loser_of_an_identity_in_use_goes_without_harm(world: World) -> None:
    world.put_item("home.lab")
    world.put_item("home.lab")
    world.put_account("home.lab")
    assert changes(world.sync(declared(lab()))) == [("delete", "home.lab", "superseded")]
    assert held(world) == {"home.lab": [("client", "canary-first")]}


def test_a_different_loser_in_use_is_a_replace_that_was_cut_off(world: World) -> None:
    world.put_item("home.lab", secret="canary-second")
    world.put_item("home.lab")
    world.put_account("home.lab")
    report = world.sync(declared(lab()))
    # Nobody can have noticed it where no Home Assistant runs: there it is a loser like any other.
    expected = ("replace", "unfinished-replace") if world.runs else ("delete", "superseded")
    assert changes(report) == [(expected[0], "home.lab", expected[1])]
    assert store(report).results[0].reloaded == (("Ann",) if world.runs else ())
    assert held(world) == {"home.lab": [("client", "canary-first")]}


def test_losers_do_not_count_towards_the_guard(world: World) -> None:
    for number in range(2):
        for name in ("a", "b", "c"):
            world.put_item(f"home.{name}", client_id=name, secret=f"canary-{number}")
    wish = declared(*(lab(name, client_id=name) for name in ("a", "b", "c")))
    report = world.sync(wish + "policy: {max_deletes: 0}\n")
    assert plan(report).guards == ()
    assert len(world.items()) == 3


def test_two_of_us_at_once_end_in_one_item(live: LiveWorld) -> None:
    wish = declared(*(lab(name, client_id=name) for name in ("a", "b", "c")))
    both_planned = threading.Barrier(2, timeout=60)
    twins = [
        threading.Thread(target=live.sync, args=(wish,), kwargs={"meanwhile": both_planned.wait})
        for _ in range(2)
    ]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()
    assert held(live) == {f"home.{name}": [(name, "canary-first")] for name in ("a", "b", "c")}
