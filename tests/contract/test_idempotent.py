"""A second sync finds nothing to do, whatever the first one found."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from appcreds_sync.model.report import ExitCode, exit_code
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import declared, lab, plan, store

if TYPE_CHECKING:
    from tests.contract.world import World

MIXED = declared(
    lab("new", client_id="new"),
    lab("changed", client_id="changed", secret="second"),
    lab("same", client_id="same", more="name: Same"),
    lab("kept", client_id="kept", more="auth_domain: oauth_lab_kept"),
    lab("withings", integration="withings"),
    "ours: {integrations: [google, google_mail], client_id: client, client_secret: !secret first}",
)


def test_a_sync_of_everything_at_once(world: World) -> None:
    world.put_item("home.changed", client_id="changed")
    world.put_item("home.changed", client_id="changed")
    world.put_item("home.same", client_id="same", name="Same")
    world.put_item("home.gone", client_id="gone")
    world.put_item(None, client_id="kept")
    world.put_account("oauth_lab_kept")
    world.put_item(None, client_id="by hand")
    first = world.sync(MIXED)
    assert (exit_code(first), store(first).converged) == (ExitCode.OK, True)
    after = world.items()
    second = world.sync(MIXED)
    assert (plan(second).changes, plan(second).unchanged) == ((), 7)
    assert (store(second).results, store(second).converged) == ((), True)
    assert world.items() == after


def test_white_space_around_values_settles(world: World) -> None:
    world.put_item("home.lab", client_id="client")
    (world.folder / "spaced").touch(mode=0o600)
    (world.folder / "spaced").write_text("\n  canary-second \n")
    wish = declared(
        "lab: {integration: oauth_lab, client_id: ' client ', client_secret: 'file:./spaced'}"
    )
    assert store(world.sync(wish)).converged is True
    assert plan(world.sync(wish)).changes == ()
    assert [item["client_secret"] for item in world.items()] == ["canary-second"]


def test_values_that_look_like_something_else_settle(world: World) -> None:
    values = ("0123", "12:30", "1_000", "2027-03-01", "null", "on", "5e3", "ünïcödé/ü", "a'b")
    quoted = (value.replace("'", "''") for value in values)
    wish = declared(*(lab(f"c{n}", client_id=f"'{it}'") for n, it in enumerate(quoted)))
    assert store(world.sync(wish)).converged is True
    assert [it["client_id"] for it in world.items()] == list(values)
    assert plan(world.sync(wish)).changes == ()


names = st.sampled_from(["a", "b", "c"])
domains = st.sampled_from(["oauth_lab", "netatmo", "withings", "ondilo_ico"])
clients = st.sampled_from(["one", "two"])
secrets = st.sampled_from(["first", "second"])
keys = st.sampled_from(
    [None, "home.a", "home.b", "cabin.a", "withings", "ondilo_ico", "netatmo_one"]
)
states = st.sampled_from(["loaded", "disabled", "ignored"])


@settings(max_examples=60)  # each is two syncs with files
@given(
    wishes=st.dictionaries(names, st.tuples(domains, clients, secrets), max_size=3),
    items=st.lists(st.tuples(keys, domains, clients, secrets), max_size=5),
    accounts=st.lists(st.tuples(keys, domains, states), max_size=2),
    kept=st.booleans(),
)
def test_any_manifest_on_any_store(
    wishes: dict[str, tuple[str, str, str]],
    items: list[tuple[str | None, str, str, str]],
    accounts: list[tuple[str | None, str, str]],
    kept: bool,
) -> None:
    single = {"withings"}
    rows: dict[str, tuple[str, str, str]] = {}
    for name, (domain, client, secret) in wishes.items():
        if domain in single and any(domain == other[0] for other in rows.values()):
            continue  # an error in the manifest, which is another test
        rows[name] = (domain, client, secret)
    lines = [
        lab(
            name,
            integration=domain,
            client_id=client,
            secret=secret,
            more=f"auth_domain: {domain}_{client}" if kept and name == "c" else "",
        )
        for name, (domain, client, secret) in rows.items()
    ]
    wish = declared(*lines) if lines else "credentials: {}\n"
    flags: dict[str, Any] = {"allow_empty": True, "accept_new_owner": True, "max_deletes": 9}
    with tempfile.TemporaryDirectory() as folder:
        world = DirectoryWorld(Path(folder))
        for key, domain, client, secret in items:
            world.put_item(key, domain=domain, client_id=client, secret=f"canary-{secret}")
        for key, domain, state in accounts:
            world.put_account(key or f"{domain}_one", domain=domain, state=state)  # type: ignore[arg-type]  # drawn from its values
        assert store(world.sync(wish, **flags)).converged is True
        after = world.items()
        report = world.sync(wish, **flags)
        assert plan(report).pending() == ()
        assert world.items() == after
