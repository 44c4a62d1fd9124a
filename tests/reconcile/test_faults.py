"""Whatever breaks at whatever moment: nothing in use is lost, and the next turn mends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.manifest import Policy
from appcreds_sync.reconcile import turn
from tests.planning.builders import entry, item
from tests.reconcile.crowd import Crowd, sync
from tests.reconcile.manifests import credential, directory, manifest
from tests.reconcile.memory_store import GONE, MemoryStore

if TYPE_CHECKING:
    from appcreds_sync.model.store import Item, NewItem

NAMES = ("a", "b", "c")
KEYS = [f"home.{name}" for name in NAMES]
WISH = manifest(
    directory("house"),
    *(credential(name, client_id=name) for name in NAMES),
    policy=Policy(max_deletes=9),
)


@dataclass
class Faulty(MemoryStore):
    """Breaks at one call: before it takes effect, or after it did and before the answer."""

    breaks_at: int = 0
    after_effect: bool = False
    for_good: bool = False
    """Whether every later call fails too."""

    async def create(self, item: NewItem) -> Item:
        made = await super().create(item)
        self._break_after_effect()
        return made

    async def delete(self, item_id: str) -> None:
        await super().delete(item_id)
        assert self.keys_in_use() <= {item.key for item in self.held}
        self._break_after_effect()

    def keys_in_use(self) -> set[str]:
        return {str(entry.auth_domain) for entry in self.entries}

    def _called(self, call: str) -> None:
        super()._called(call)
        now = len(self.calls)
        changes = call.startswith(("create", "delete"))
        if now == self.breaks_at and not (changes and self.after_effect):
            raise GONE
        if self.for_good and 0 < self.breaks_at < now:
            raise GONE

    def _break_after_effect(self) -> None:
        if self.after_effect and len(self.calls) == self.breaks_at:
            raise GONE


secrets = st.sampled_from(["secret-1", "old", "older"])
stores = st.builds(
    lambda rows, used, **fault: Faulty(
        [
            item(f"i{n}", f"home.{name}", client_id=name.strip("_"), secret=secret)
            for n, (name, secret) in enumerate(rows)
        ],
        [entry(f"home.{name}", title=name) for name in used if name in dict(rows)],
        **fault,
    ),
    st.lists(st.tuples(st.sampled_from([*NAMES, "gone"]), secrets), max_size=6),
    st.sets(st.sampled_from(NAMES)),
    breaks_at=st.integers(1, 30),
    after_effect=st.booleans(),
    for_good=st.booleans(),
)


@given(stores)
def test_a_turn_that_breaks_is_mended_by_the_next(store: Faulty) -> None:
    crowd = Crowd({"house": store})

    async def two_turns() -> None:
        await sync(WISH)
        assert store.keys_in_use() <= {item.key for item in store.held}
        store.breaks_at = 0
        (report,) = (await sync(WISH)).stores
        assert report.converged is True
        assert [str(it.outcome) for it in report.results if it.outcome != "applied"] == []

    with mock.patch.object(turn, "open_store", crowd.open_store):
        asyncio.run(two_turns())
    assert sorted(item.key for item in store.held) == KEYS
    assert {item.client_secret.reveal() for item in store.held} == {"secret-1"}
