from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.desired import NotRead
from appcreds_sync.model.errors import CommandRefused, Problem
from appcreds_sync.model.report import Outcome
from appcreds_sync.model.secret import Secret
from appcreds_sync.planning.planner import make_plan
from appcreds_sync.reconcile.applying import apply_plan, new_item
from tests.planning.builders import desired, entry, item, wanted
from tests.reconcile.counting import Counting
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.report import ChangeResult
    from appcreds_sync.model.store import Item, NewItem

NO = CommandRefused(Problem("command-refused", "Home Assistant refuses", "look at its log"))
WISH = desired(
    wanted("new", client_id="new"), wanted("changed", client_id="changed", secret="secret-2")
)
CHANGED = item("c", "home.changed", client_id="changed")
OLD = item("o", "home.old", client_id="old")


async def apply(
    store: MemoryStore,
    wish: Desired = WISH,
    counting: Counting | None = None,
    may_begin: Callable[[], bool] = lambda: True,
) -> dict[str, ChangeResult]:
    """Plan, and carry it out; what came of each, by auth domain."""
    fails, store.fails = store.fails, {}
    snapshot = await store.snapshot({"spotify"})
    store.fails, store.calls = fails, []
    plan = make_plan(wish, snapshot)
    done = await apply_plan(
        plan, wish, snapshot, store, counting or Counting(), may_begin=may_begin
    )
    assert [it.change for it in done] == list(plan.pending())
    return {it.change.identity.auth_domain: it for it in done}


def outcomes(done: dict[str, ChangeResult]) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in done.items()}


async def test_what_is_new_is_there_before_anything_goes() -> None:
    store = MemoryStore([CHANGED, OLD])
    done = await apply(store)
    assert set(outcomes(done).values()) == {Outcome.APPLIED}
    assert store.calls[0] == "writing"
    assert set(store.calls[1:3]) == {"create home.changed", "create home.new"}
    assert store.calls[3] == "snapshot"
    assert set(store.calls[4:]) == {"delete c", "delete o"}


async def test_once_nothing_may_be_begun_a_replace_is_finished_and_nothing_else_goes() -> None:
    store = MemoryStore([CHANGED, OLD])
    done = await apply(store, may_begin=lambda: "create home.new" not in store.calls)
    assert outcomes(done) == {
        "home.new": Outcome.APPLIED,
        "home.changed": Outcome.APPLIED,
        "home.old": Outcome.SKIPPED,
    }
    assert "delete c" in store.calls
    assert "delete o" not in store.calls


async def test_where_nothing_may_be_begun_nothing_is() -> None:
    store = MemoryStore([CHANGED, OLD])
    done = await apply(store, may_begin=lambda: False)
    assert set(outcomes(done).values()) == {Outcome.SKIPPED}
    assert not [call for call in store.calls if call.startswith(("create", "delete"))]


async def test_a_create_that_fails_leaves_the_others_to_go_on() -> None:
    store = MemoryStore([CHANGED, OLD], fails={"create home.new": NO})
    done = await apply(store)
    assert outcomes(done) == {
        "home.changed": Outcome.APPLIED,
        "home.new": Outcome.FAILED,
        "home.old": Outcome.APPLIED,
    }
    assert done["home.new"].problem == NO.problem


async def test_a_replace_whose_new_item_fails_keeps_the_old_one() -> None:
    store = MemoryStore([CHANGED], fails={"create home.changed": NO})
    assert outcomes(await apply(store))["home.changed"] is Outcome.FAILED
    assert CHANGED in store.held


async def test_a_replace_whose_old_item_does_not_go_has_failed() -> None:
    store = MemoryStore([CHANGED], fails={"delete": GONE})
    done = await apply(store)
    assert outcomes(done) == {"home.changed": Outcome.FAILED, "home.new": Outcome.APPLIED}
    assert done["home.changed"].problem == GONE.problem
    assert [it.key for it in store.held].count("home.changed") == 2


async def test_a_replace_whose_old_item_home_assistant_keeps_is_done_all_the_same() -> None:
    store = MemoryStore([CHANGED], fails={"delete c": NO})
    result = (await apply(store))["home.changed"]
    assert (result.outcome, result.problem) == (Outcome.APPLIED, None)
    assert result.notes == ("the old item c stays: Home Assistant refuses",)


class QuickerSecond(MemoryStore):
    """Where a second of us has replaced the item `c` since the plan was made, and `c` is free."""

    async def create(self, item: NewItem) -> Item:
        self.held = [replace(it, id="c_2") if it.id == "c" else it for it in self.held]
        made = await super().create(item)
        self.held[-1] = replace(made, id="c")
        return self.held[-1]


async def test_a_new_item_that_was_given_the_id_of_the_old_one_stays() -> None:
    store = QuickerSecond([CHANGED])
    wish = desired(wanted("changed", client_id="changed", secret="secret-2"))
    assert outcomes(await apply(store, wish)) == {"home.changed": Outcome.APPLIED}
    # The other of us may just now take `c_2` away, as `c` counts.
    assert [it.id for it in store.held] == ["c_2", "c"]


async def test_a_delete_that_home_assistant_refuses_has_failed() -> None:
    store = MemoryStore([OLD], fails={"delete o": NO})
    assert (await apply(store))["home.old"].problem == NO.problem


async def test_a_connection_that_breaks_before_the_deletes_does_not_undo_the_creates() -> None:
    store = MemoryStore([CHANGED, OLD], fails={"snapshot": GONE})
    assert outcomes(await apply(store)) == {
        "home.changed": Outcome.FAILED,
        "home.new": Outcome.APPLIED,
        "home.old": Outcome.FAILED,
    }


async def test_a_store_that_can_not_be_written_changes_nothing() -> None:
    store = MemoryStore([CHANGED, OLD], fails={"writing": GONE})
    done = await apply(store)
    assert set(outcomes(done).values()) == {Outcome.FAILED}
    assert {it.problem for it in done.values()} == {GONE.problem}
    assert store.calls == ["writing"]


async def test_a_write_that_fails_in_the_end_fails_them_all_each_with_its_own_reason() -> None:
    store = MemoryStore([CHANGED, OLD], fails={"leave": GONE, "create home.new": NO})
    done = await apply(store)
    assert set(outcomes(done).values()) == {Outcome.FAILED}
    assert {key: it.problem for key, it in done.items()} == {
        "home.changed": GONE.problem,
        "home.new": NO.problem,
        "home.old": GONE.problem,
    }


@pytest.mark.parametrize(
    "fails",
    [{}, {"create": NO}, {"delete": NO}, {"snapshot": GONE}, {"create home.changed": NO}],
    ids=["nothing", "creates", "deletes", "look", "a-replace"],
)
async def test_progress_ends_where_it_was_said_to(fails: dict[str, CommandRefused]) -> None:
    counting = Counting()
    await apply(MemoryStore([CHANGED, OLD], fails=dict(fails)), counting=counting)
    assert (counting.added, counting.advanced) == (3, 3)


async def test_an_account_that_lost_its_item_is_reloaded_at_the_end() -> None:
    store = MemoryStore(entries=[entry("home.new", state="setup_error")])
    done = await apply(store, desired(wanted("new", client_id="new")))
    assert done["home.new"].reloaded == ("Ann",)
    assert store.calls[-2:] == ["reload id-Ann", "accounts"]


async def test_a_new_item_is_what_was_declared() -> None:
    made = new_item(wanted("lab", client_id="id", secret="s", name="The lab"))
    assert (made.domain, made.client_id, made.auth_domain, made.name) == (
        "spotify",
        "id",
        "home.lab",
        "The lab",
    )
    assert made.client_secret == Secret("s")


@pytest.mark.parametrize(
    "unread",
    [wanted(secret=NotRead()), wanted(client_id=NotRead()), wanted(secret=NO.problem)],
    ids=["secret", "client-id", "failed"],
)
def test_a_value_that_was_not_read_never_becomes_an_item(unread: object) -> None:
    with pytest.raises(TypeError, match="without its values"):
        new_item(unread)  # type: ignore[arg-type]  # it is a DesiredCredential
