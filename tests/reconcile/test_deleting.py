from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.plan import Action, Change, EntryRef
from appcreds_sync.model.report import Outcome
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.reconcile.deleting import delete_items
from appcreds_sync.reconcile.progress import NoProgress
from tests.planning.builders import CATALOGUE, desired, entry, item, wanted
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from appcreds_sync.model.store import Item
    from tests.reconcile.counting import Counting

A, B = item("a", "home.a", client_id="a"), item("b", "home.b", client_id="b")


def delete(planned: Item) -> Change:
    return Change(Action.DELETE, planned.identity(CATALOGUE), None, item=item_ref(planned))


async def outcomes(
    store: MemoryStore, *planned: Item, wish: tuple[str, ...] = ()
) -> list[tuple[Outcome, str | None]]:
    declared = desired(*(wanted(name, client_id=name) for name in wish))
    done = await delete_items([delete(it) for it in planned], declared, store, NoProgress())
    return [(it.outcome, it.problem.code if it.problem else None) for it in done]


async def test_without_deletes_the_store_is_not_even_asked() -> None:
    store = MemoryStore([A])
    assert await outcomes(store) == []
    assert store.calls == []


async def test_all_of_them_after_one_look() -> None:
    store = MemoryStore([A, B])
    assert await outcomes(store, A, B) == [(Outcome.APPLIED, None)] * 2
    assert store.calls == ["snapshot", "delete a", "delete b"]


async def test_one_that_is_gone_is_done() -> None:
    store = MemoryStore([B])
    assert await outcomes(store, A, B) == [(Outcome.APPLIED, None)] * 2
    assert store.calls == ["snapshot", "delete b"]


async def test_one_whose_id_now_belongs_to_another_item_stays() -> None:
    store = MemoryStore([item("a", None, client_id="a")])
    assert await outcomes(store, A) == [(Outcome.SKIPPED, "changed-meanwhile")]
    assert store.calls == ["snapshot"]


async def test_the_last_one_of_a_declared_identity_stays() -> None:
    store = MemoryStore([A])
    assert await outcomes(store, A, wish=("a",)) == [(Outcome.SKIPPED, "changed-meanwhile")]
    assert store.held == [A]


async def test_two_losers_never_go_together_with_the_winner() -> None:
    other = item("a_2", "home.a", client_id="a")
    store = MemoryStore([A, other])
    assert [outcome for outcome, _ in await outcomes(store, A, other, wish=("a",))] == [
        Outcome.SKIPPED,
        Outcome.SKIPPED,
    ]
    assert store.held == [A, other]


async def test_one_that_somebody_has_linked_an_account_with_meanwhile_stays() -> None:
    store = MemoryStore([A, B], entries=[entry("home.a")])
    assert await outcomes(store, A, B) == [
        (Outcome.SKIPPED, "changed-meanwhile"),
        (Outcome.APPLIED, None),
    ]
    assert store.held == [A]


async def test_an_account_that_was_known_of_is_no_news() -> None:
    """It is for the plan to block it, or for a person to allow it."""
    ann = entry("home.a")
    known = replace(delete(A), used_by=(EntryRef(ann.entry_id, ann.title, ann.state),))
    store = MemoryStore([A], entries=[ann])
    (done,) = await delete_items([known], desired(), store, NoProgress())
    assert (done.outcome, store.held) == (Outcome.APPLIED, [])


async def test_what_is_declared_needs_the_items_alone() -> None:
    older, winner = item("older", "home.a", client_id="a"), item("a_2", "home.a", client_id="a")
    store = MemoryStore([older, winner], entries=[entry("home.a")])
    loser = replace(delete(older), credential="a")
    wish = desired(wanted("a", client_id="a"))
    (done,) = await delete_items([loser], wish, store, NoProgress())
    assert (done.outcome, store.calls) == (Outcome.APPLIED, ["items", "delete older"])


async def test_one_that_fails_leaves_the_others_to_go() -> None:
    store = MemoryStore([A, B], fails={"delete a": GONE})
    assert await outcomes(store, A, B) == [(Outcome.FAILED, "store-gone"), (Outcome.APPLIED, None)]
    assert store.held == [A]


async def test_nothing_goes_where_nobody_can_look(counting: Counting) -> None:
    store = MemoryStore([A, B], fails={"snapshot": GONE})
    done = await delete_items([delete(A), delete(B)], desired(), store, counting)
    assert [it.outcome for it in done] == [Outcome.FAILED] * 2
    assert store.held == [A, B]
    assert counting.advanced == len(done)
