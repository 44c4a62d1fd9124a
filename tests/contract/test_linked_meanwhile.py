"""Between plan and delete a turn waits for other stores, and people go on linking accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.reading import changes, declared, held, lab, outcomes

if TYPE_CHECKING:
    from tests.contract.world import World

KEEP = declared(lab("keep", client_id="keep-me"))


def test_an_account_that_is_linked_after_the_plan_keeps_its_credential(world: World) -> None:
    world.put_item("home.keep", client_id="keep-me")
    world.put_item("home.lab")
    report = world.sync(KEEP, meanwhile=lambda: world.put_account("home.lab"))
    assert outcomes(report) == {"home.lab": "skipped"}
    assert set(held(world)) == {"home.keep", "home.lab"}
    assert changes(world.plan(KEEP)) == [("blocked", "home.lab", "in-use")]
