from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.plan import Action, Change
from appcreds_sync.model.report import Outcome
from appcreds_sync.planning.inventory import item_ref
from appcreds_sync.reconcile.deleting import delete_items
from appcreds_sync.reconcile.progress import NoProgress
from tests.planning.builders import CATALOGUE, desired, item, wanted
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
    assert store.calls == ["items", "delete a", "delete b"]


async def test_one_that_is_gone_is_done() -> None:
    store = MemoryStore([B])
    assert await outcomes(store, A, B) == [(Outcome.APPLIED, None)] * 2
    assert store.calls == ["items", "delete b"]


async def test_one_whose_id_now_belongs_to_another_item_stays() -> None:
    store = MemoryStore([item("a", None, client_id="a")])
    assert await outcomes(store, A) == [(Outcome.SKIPPED, "changed-meanwhile")]
    assert store.calls == ["items"]


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


async def test_one_that_fails_leaves_the_others_to_go() -> None:
    store = MemoryStore([A, B], fails={"delete a": GONE})
    assert await outcomes(store, A, B) == [(Outcome.FAILED, "store-gone"), (Outcome.APPLIED, None)]
    assert store.held == [A]


async def test_nothing_goes_where_nobody_can_look(counting: Counting) -> None:
    store = MemoryStore([A, B], fails={"items": GONE})
    done = await delete_items([delete(A), delete(B)], desired(), store, counting)
    assert [it.outcome for it in done] == [Outcome.FAILED] * 2
    assert store.held == [A, B]
    assert counting.advanced == len(done)
