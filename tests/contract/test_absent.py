"""What must not exist, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import ManifestError
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import actions, changes, declared, held, lab

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.world import World

KEEP = declared(lab("keep", client_id="keep"))


@pytest.fixture(autouse=True)
def kept(world: World) -> None:
    """Something of ours that stays, so that no guard is met."""
    world.put_item("home.keep", client_id="keep")


def absent(match: str, integration: str = "oauth_lab", more: str = "") -> str:
    return f"absent:\n- {{integration: {integration}, {match}{more}}}\n"


@pytest.mark.parametrize(
    "match", ["id: oauth_lab_client", "auth_domain: oauth_lab_client", "client_id: client"]
)
def test_it_names_an_item_in_one_of_three_ways(world: World, match: str) -> None:
    world.put_item(None)
    assert changes(world.sync(KEEP + absent(match))) == [("delete", "oauth_lab_client", None)]
    assert list(held(world)) == ["home.keep"]


def test_by_client_id_all_items_of_that_client_go(world: World) -> None:
    for key in (None, None, "cabin.lab"):
        world.put_item(key)
    world.sync(KEEP + absent("client_id: client"))
    assert list(held(world)) == ["home.keep"]


@pytest.mark.parametrize(
    "match", ["id: another", "auth_domain: another", "client_id: another", "client_id: clien"]
)
def test_what_it_does_not_name_stays(world: World, match: str) -> None:
    world.put_item(None)
    assert changes(world.sync(KEEP + absent(match))) == []


def test_another_integration_is_not_meant(world: World) -> None:
    world.put_item(None)
    assert changes(world.sync(KEEP + absent("client_id: client", "netatmo"))) == []


def test_it_concerns_the_stores_that_it_names(world: World, tmp_path: Path) -> None:
    cabin = DirectoryWorld(tmp_path / "cabin")
    for each in (world, cabin):
        each.put_item(None)
    stores = f"stores:\n  house: {world.address()}\n  cabin: {cabin.address()}\n"
    world.sync(stores + KEEP + absent("client_id: client", more=", stores: [cabin]"))
    assert set(held(world)) == {"home.keep", "oauth_lab_client"}
    assert set(held(cabin)) == {"home.keep"}


def test_by_client_id_what_is_declared_is_passed_over(world: World) -> None:
    world.put_item(None)
    world.put_item("home.lab")
    report = world.sync(
        declared(lab("keep", client_id="keep"), lab()) + absent("client_id: client")
    )
    assert actions(report) == {"oauth_lab_client": "delete"}
    assert set(held(world)) == {"home.keep", "home.lab"}


def test_by_key_what_is_declared_is_a_contradiction(world: World) -> None:
    with pytest.raises(ManifestError, match="declares in the store"):
        world.plan(declared(lab()) + absent("auth_domain: home.lab"))


def test_one_in_use_is_not_removed(world: World) -> None:
    world.put_item("cabin.lab")
    world.put_account("cabin.lab")
    report = world.sync(KEEP + absent("auth_domain: cabin.lab"))
    assert changes(report) == [("blocked", "cabin.lab", "in-use")]
    assert set(held(world)) == {"home.keep", "cabin.lab"}
