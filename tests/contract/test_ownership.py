"""What is ours, and what is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import ManifestError
from tests.contract.reading import actions, changes, declared, held, lab, plan

if TYPE_CHECKING:
    from tests.contract.world import World

KEEP = lab("keep", client_id="keep-me")


@pytest.fixture(autouse=True)
def kept(world: World) -> None:
    """Something of ours that stays, so that no guard is met."""
    world.put_item("home.keep", client_id="keep-me")


@pytest.mark.parametrize("auth_domain", ["home.lab", "home.anything.at.all", "home."])
def test_the_owner_before_the_dot_makes_an_item_ours(world: World, auth_domain: str) -> None:
    world.put_item(auth_domain)
    assert changes(world.sync(declared(KEEP))) == [("delete", auth_domain, None)]


def test_so_does_a_former_owner(world: World) -> None:
    world.put_item("old-home.lab")
    report = world.sync(declared(KEEP) + "former_owners: [old-home]\n")
    assert changes(report) == [("delete", "old-home.lab", None)]


def test_so_does_a_declared_auth_domain(world: World) -> None:
    item_id = world.put_item(None, secret="canary-second")
    report = world.sync(declared(KEEP, lab(more=f"auth_domain: {item_id}")))
    assert changes(report) == [("replace", item_id, None)]
    assert held(world)[item_id] == [("client", "canary-first")]


@pytest.mark.parametrize(
    "auth_domain", [None, "cabin.lab", "oauth_lab", "oauth_lab_client", "home", "homes.lab"]
)
def test_all_else_is_unmanaged_counted_and_never_touched(
    world: World, auth_domain: str | None
) -> None:
    world.put_item(auth_domain, secret="canary-second", name="By hand")
    before = world.items()
    report = world.sync(declared(KEEP, lab("lab", client_id="a-client-of-our-own")))
    assert (plan(report).unmanaged, plan(report).unmanaged_same_client) == (1, ())
    assert [item for item in world.items() if item in before] == before


def test_unmanaged_items_of_a_declared_client_are_listed(world: World) -> None:
    same, other = world.put_item(None), world.put_item(None, client_id="other")
    report = world.plan(declared(KEEP, lab()))
    assert [item.id for item in plan(report).unmanaged_same_client] == [same]
    assert plan(report).unmanaged == len([same, other])


def test_a_store_is_left_with_what_it_holds_when_nothing_of_ours_is_there(world: World) -> None:
    world.put_item(None)
    report = world.sync(declared(KEEP))
    assert (changes(report), plan(report).unchanged) == ([], 1)


# Home Assistant 2024.3 has no such integration.
@pytest.mark.parametrize("world", ["directory", "2025.4.4"], indirect=True)
class TestMadeByHomeAssistant:
    """`ondilo_ico` makes its own item, with its domain as auth domain."""

    def test_it_is_never_ours(self, world: World) -> None:
        world.put_item("ondilo_ico", domain="ondilo_ico")
        report = world.sync(declared(KEEP, "ondilo_ico: {client_id: client}"))
        # Not one to be removed either, though it has the same client id.
        assert changes(report) == [("create", "home.ondilo_ico", None)]
        assert set(held(world)) == {"home.keep", "ondilo_ico", "home.ondilo_ico"}

    def test_its_key_can_not_be_declared(self, world: World) -> None:
        with pytest.raises(ManifestError, match="ondilo_ico"):
            world.plan(declared("ondilo_ico: {client_id: client, auth_domain: ondilo_ico}"))

    def test_absent_names_it_by_id_only(self, world: World) -> None:
        item_id = world.put_item("ondilo_ico", domain="ondilo_ico")
        by_client = "absent: [{integration: ondilo_ico, client_id: client}]\n"
        assert changes(world.plan(declared(KEEP) + by_client)) == []
        by_key = "absent: [{integration: ondilo_ico, auth_domain: ondilo_ico}]\n"
        assert changes(world.plan(declared(KEEP) + by_key)) == []
        by_id = f"absent: [{{integration: ondilo_ico, id: {item_id}}}]\n"
        assert actions(world.sync(declared(KEEP) + by_id)) == {"ondilo_ico": "delete"}
        assert list(held(world)) == ["home.keep"]


def test_an_old_import_from_yaml_is_kept_by_its_domain(world: World) -> None:
    world.put_item("oauth_lab", name="Import from configuration.yaml")
    report = world.sync(declared(KEEP, lab(secret="second", more="auth_domain: oauth_lab")))
    assert changes(report) == [("replace", "oauth_lab", None)]
    assert held(world)["oauth_lab"] == [("client", "canary-second")]


def test_the_key_of_home_assistant_cloud_is_refused(world: World) -> None:
    with pytest.raises(ManifestError, match="cloud"):
        world.plan(declared(lab(more="auth_domain: cloud")))
