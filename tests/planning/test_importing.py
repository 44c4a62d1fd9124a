"""What an import declares, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from appcreds_sync.model.plan import PENDING, Action
from appcreds_sync.planning.importing import plan_import
from appcreds_sync.planning.planner import make_plan
from tests.planning.builders import absent, desired, entry, item, snapshot, wanted
from tests.planning.test_properties import stores, wishes

if TYPE_CHECKING:
    from appcreds_sync.model.desired import Desired, DesiredCredential
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.importing import ImportedCredential, ImportPlan
    from appcreds_sync.model.store import Item, Snapshot


def imported(*items: Item, wish: Desired | None = None, taken: tuple[str, ...] = ()) -> ImportPlan:
    return plan_import(wish or desired(), snapshot(*items), taken, ())


def page(id: str, **fields: str) -> Item:  # noqa: A002 - HA's word
    """An item made in Home Assistant's page."""
    return item(id, None, **fields)


def why(found: ImportPlan) -> list[str]:
    return [left.why.code for left in found.left_out]


def as_declared(credential: ImportedCredential, store: Snapshot) -> list[DesiredCredential]:
    """What the manifest then declares."""
    secrets = {item.id: item.client_secret.reveal() for item in store.items}
    return [
        wanted(
            credential.name,
            made.domain,
            client_id=credential.client_id,
            secret=secrets[made.id],
            name=credential.display_name,
            key=credential.auth_domains.get(made.domain),
        )
        for made in credential.items
    ]


def to_do(wish: Desired, store: Snapshot) -> set[Identity]:
    standing = PENDING | {Action.BLOCKED, Action.SHADOWED}
    return {it.identity for it in make_plan(wish, store).changes if it.action in standing}


@given(wishes, stores)
def test_an_import_gives_no_plan_more_to_do(wish: Desired, store: Snapshot) -> None:
    taken = {row.declaration.credential for row in wish.credentials}
    found = plan_import(wish, store, taken, ())
    new = [row for it in found.credentials for row in as_declared(it, store)]
    after = replace(wish, credentials=(*wish.credentials, *new))
    assert to_do(after, store) <= to_do(wish, store)


@given(wishes, stores)
def test_every_winner_is_declared_or_said_to_be_left_out(wish: Desired, store: Snapshot) -> None:
    found = plan_import(wish, store, (), ())
    named = [it.id for credential in found.credentials for it in credential.items]
    named += [it.item.id for it in found.declared]
    named += [it.item.id for it in found.left_out]
    winners = {it.identity(wish.catalogue): it.id for it in store.items}
    assert sorted(named) == sorted(winners.values())


@given(wishes, stores)
def test_names_are_valid_and_new(wish: Desired, store: Snapshot) -> None:
    taken = {"a", "spotify", "spotify-2"}
    names = [it.name for it in plan_import(wish, store, taken, ()).credentials]
    assert len({*names, *taken}) == len(names) + len(taken)


def test_one_client_of_several_integrations_is_one_credential() -> None:
    found = imported(
        page("spotify_c"), page("netatmo_c", domain="netatmo"), page("google_c", client_id="other")
    )
    first, second = found.credentials
    assert (first.name, first.integrations) == ("spotify", ("spotify", "netatmo"))
    assert dict(first.auth_domains) == {"spotify": "spotify_c", "netatmo": "netatmo_c"}
    assert (second.name, second.integrations) == ("spotify-2", ("spotify",))


def test_not_where_the_secrets_differ() -> None:
    found = imported(page("a"), page("b", domain="netatmo", secret="other"))
    assert [it.integrations for it in found.credentials] == [("spotify",), ("netatmo",)]


def test_names_that_do_not_agree_are_not_declared() -> None:
    found = imported(page("a", name="Music"), page("b", domain="netatmo", name="Weather"))
    (only,) = found.credentials
    assert only.display_name is None


def test_the_same_client_twice_is_two_credentials_with_one_secret() -> None:
    first, second = imported(page("spotify_c"), page("spotify_c_2")).credentials
    assert [dict(it.auth_domains) for it in (first, second)] == [
        {"spotify": "spotify_c"},
        {"spotify": "spotify_c_2"},
    ]
    assert (first.kept_as, second.kept_as) == ("spotify", "spotify")


def test_names_that_are_taken_are_not_given() -> None:
    found = imported(page("a"), page("b", client_id="b"), taken=("spotify", "spotify-3"))
    assert [it.name for it in found.credentials] == ["spotify-2", "spotify-4"]


def test_one_of_ours_keeps_the_name_that_it_has() -> None:
    found = imported(page("a", client_id="a"), item("b", "home.spotify"), item("c", "home.Odd"))
    assert [(it.name, dict(it.auth_domains)) for it in found.credentials] == [
        ("spotify-2", {"spotify": "a"}),
        ("spotify", {}),
        ("spotify-3", {"spotify": "home.Odd"}),
    ]


def test_what_is_declared_is_not_declared_again() -> None:
    found = imported(item("a"), wish=desired(wanted()))
    assert (found.credentials, [it.credential for it in found.declared]) == ((), ["spotify"])


def test_a_declared_client_that_no_item_has_gets_the_line_to_add() -> None:
    found = imported(page("spotify_c"), wish=desired(wanted()))
    assert (found.credentials, why(found)) == ((), ["declared-otherwise"])
    assert "auth_domain: {spotify: spotify_c}" in found.left_out[0].why.hint


def test_home_assistants_own_is_left_out_and_needs_nobody() -> None:
    found = imported(item("a", "overkiz", domain="overkiz"))
    assert (found.credentials, why(found)) == ((), ["built-in"])
    assert not found.left_out[0].needs_a_person


def test_what_absent_names_is_left_out() -> None:
    rule = absent("spotify", "client_id", "client")
    found = imported(page("a"), wish=desired(absent=(rule,)))
    assert (found.credentials, why(found)) == ((), ["named-absent"])


def test_a_key_of_two_items_is_left_out_because_sync_would_delete_one() -> None:
    found = imported(item("old", "netatmo"), item("new", "netatmo"))
    assert (found.credentials, why(found)) == ((), ["older-item"])
    assert "{integration: spotify, id: old}" in found.left_out[0].why.hint


def test_not_where_home_assistant_keeps_the_older_one() -> None:
    items = (page("old"), item("new", "old", secret="newer"))
    found = plan_import(desired(), snapshot(*items, entries=(entry("old"),)), (), ())
    (only,) = found.credentials
    assert [it.id for it in only.items] == ["new"]
    assert [it.id for it in found.superseded] == ["old"]


def test_of_a_single_implementation_the_last_is_declared() -> None:
    found = imported(page("older", domain="withings"), page("newer", domain="withings"))
    (only,) = found.credentials
    assert dict(only.auth_domains) == {"withings": "newer"}
    assert [it.id for it in found.superseded] == ["older"]


@pytest.mark.parametrize(
    ("there", "part"),
    [
        (item("a", "cloud"), "cloud"),
        (item("a", ""), "auth domain is empty"),
        (item("a", " key"), "white space"),
        (item("a", "k\ney"), "control character"),
        (page("a", domain="Bad"), "domain"),
        (page("a", client_id=" "), "client id is empty"),
        (page("a", client_id="a\u2028b"), "client id"),
        (page("a", client_id="env://CLIENT"), "reference"),
        (page("a", client_id="{store}"), "reference"),
        (page("a", secret=""), "no client secret"),
        (page("a", secret="s "), "client secret has white space"),
        (page("a", secret="s\ts"), "control character"),
    ],
)
def test_what_no_manifest_can_say_is_left_out(there: Item, part: str) -> None:
    found = imported(there)
    assert (found.credentials, why(found)) == ((), ["not-importable"])
    assert part in found.left_out[0].why.what
    assert found.left_out[0].needs_a_person


def test_no_secret_is_needed_where_the_catalogue_says_so() -> None:
    (only,) = imported(item("a", "mine", domain="overkiz", secret="")).credentials
    assert only.client_secret is None
