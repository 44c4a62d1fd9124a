"""What must hold of every plan, on stores and wishes made up by Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from appcreds_sync.model.plan import PENDING, Action, Plan
from appcreds_sync.model.secret import Secret
from appcreds_sync.model.store import Item, Snapshot
from appcreds_sync.planning.options import PlanOptions
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import CATALOGUE, desired, entry, snapshot, wanted

if TYPE_CHECKING:
    from appcreds_sync.model.desired import Desired

INTEGRATION = st.sampled_from(["spotify", "withings", "overkiz"])
NAME = st.sampled_from(["a", "b"])
CLIENT = st.sampled_from(["c1", "c2"])
SECRET = st.sampled_from(["canary-1", "canary-2"])

wishes = st.builds(
    lambda pairs: desired(*pairs.values()),
    st.dictionaries(st.tuples(NAME, INTEGRATION), st.tuples(CLIENT, SECRET), max_size=4).map(
        lambda chosen: {
            # A single-implementation integration can be declared once only.
            (name if integration != "withings" else "", integration): wanted(
                name, integration, client_id=client, secret=secret
            )
            for (name, integration), (client, secret) in chosen.items()
        }
    ),
)
keys = st.sampled_from([None, "home.a", "home.b", "other.a", "overkiz", "i0", "i1"])
items = st.lists(st.tuples(keys, INTEGRATION, CLIENT, SECRET), max_size=5).map(
    lambda rows: tuple(
        Item(f"i{n}", domain, client, Secret(secret), key, None)
        for n, (key, domain, client, secret) in enumerate(rows)
    )
)
entries = st.lists(
    st.tuples(keys, INTEGRATION, st.sampled_from(["loaded", "setup_error"])), max_size=3
).map(
    lambda rows: tuple(
        entry(key, domain=domain, state=state, title=str(n))
        for n, (key, domain, state) in enumerate(rows)
    )
)
stores = st.builds(lambda i, e: snapshot(*i, entries=e), items, entries)


def carried_out(wish: Desired, store: Snapshot, plan: Plan) -> Snapshot:
    """What a store holds after a perfect apply, as HA would order it."""
    values = {(w.declaration.identity.integration, w.declaration.key): w for w in wish.credentials}
    keys_of = {(w.declaration.identity, w.declaration.credential): w for w in wish.credentials}
    gone: set[str] = set()
    made: list[Item] = []
    for change in plan.pending():
        if change.action in {Action.DELETE, Action.REPLACE}:
            assert change.item is not None
            gone.add(change.item.id)
        if change.action in {Action.CREATE, Action.REPLACE} and not change.resumes:
            want = keys_of[change.identity, str(change.credential)]
            assert values
            assert isinstance(want.client_id, str)
            made.append(
                Item(
                    f"new{len(made)}",
                    change.identity.integration,
                    want.client_id,
                    want.client_secret.value,  # type: ignore[union-attr]  # builders resolve all
                    want.declaration.key,
                    want.declaration.credential,
                )
            )
    kept = tuple(there for there in store.items if there.id not in gone)
    return replace(store, items=kept + tuple(made))


@given(wishes, stores)
def test_a_plan_carried_out_leaves_nothing_to_do(wish: Desired, store: Snapshot) -> None:
    options = PlanOptions(max_deletes=99, allow_empty=True, accept_new_owner=True)
    # Under accounts, losers go one a round, when those that came after them were seen to work.
    for _ in range(1 + len(store.items)):
        plan = make_plan(wish, store, options)
        store = carried_out(wish, store, plan)
    assert make_plan(wish, store, options).pending() == ()


@given(wishes, stores)
def test_no_identity_in_use_is_left_without_an_item(wish: Desired, store: Snapshot) -> None:
    plan = make_plan(wish, store)
    after = carried_out(wish, store, plan)
    before = {i.identity(CATALOGUE) for i in store.items}
    left = {i.identity(CATALOGUE) for i in after.items}
    used = {
        identity
        for identity in before
        for e in store.entries
        if e.domain == identity.integration
        and (
            identity.integration == "withings"
            or not e.tells
            or e.auth_domain == identity.auth_domain
        )
    }
    assert used <= left


@given(wishes, stores)
def test_what_is_not_ours_is_never_touched(wish: Desired, store: Snapshot) -> None:
    declared = {(w.declaration.identity.integration, w.declaration.key) for w in wish.credentials}
    for change in make_plan(wish, store).changes:
        if change.action in PENDING and change.item is not None:
            key = change.item.auth_domain or change.item.id
            assert key.startswith("home.") or (change.item.domain, key) in declared


@given(wishes, stores)
def test_a_plan_holds_no_secret(wish: Desired, store: Snapshot) -> None:
    assert "canary" not in repr(make_plan(wish, store))
