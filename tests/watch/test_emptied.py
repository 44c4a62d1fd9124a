"""When it is said that a store has lost everything, and when it is not."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY, Desk
from tests.watch.running import Watch

if TYPE_CHECKING:
    from pathlib import Path

OFTEN = "watch: {listen: 'off', poll_interval: 200ms}\n"
ABSENT = "absent: [{integration: xbox, client_id: a}, {integration: xbox, client_id: b}]\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "ha" / ".storage").mkdir(parents=True)
    made = Desk(tmp_path)
    made.declare(SPOTIFY, NETATMO, head=OFTEN)
    made.secrets(spotify="spotify-1", netatmo="netatmo-1")
    return made


def _hold(desk: Desk, *client_ids: str) -> None:
    rows = [
        {"id": f"xbox_{name}", "domain": "xbox", "client_id": name, "client_secret": "s"}
        for name in client_ids
    ]
    text = {"version": 1, "minor_version": 1, "key": "application_credentials"}
    beside = desk.folder / "beside"
    beside.write_text(json.dumps({**text, "data": {"items": rows}}), "utf-8")
    beside.replace(desk.storage)


def _emptied(watch: Watch) -> int:
    events = watch.seen()
    return sum("gone at once" in e["problem"] for e in events if e["event"] == "incident")


def test_what_we_deleted_because_we_were_asked_to_is_no_loss(desk: Desk) -> None:
    _hold(desk, "a", "b")
    desk.declare(head=OFTEN + ABSENT)
    with Watch(desk.folder) as watch:
        watch.next("turn", did="2 delete applied")
        watch.signal(signal.SIGHUP)
        watch.next("turn", causes="manifest", did="0 unchanged")
        assert watch.stop() == 0
    assert _emptied(watch) == 0


def test_one_credential_that_a_person_deletes_is_no_loss_of_everything(desk: Desk) -> None:
    desk.declare(SPOTIFY, head=OFTEN)
    with Watch(desk.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        _hold(desk)
        watch.next("turn", causes="drift", did="1 create applied")
        assert watch.stop() == 0
    assert _emptied(watch) == 0


def test_what_is_held_back_counts_as_held(desk: Desk) -> None:
    with Watch(desk.folder) as watch:
        watch.next("turn", causes="start", state="in-sync")
        desk.secrets(other="x")
        watch.next("turn", state="needs-a-person")
        _hold(desk)
        watch.next("turn", causes="drift")
        assert watch.stop() == 0
    assert _emptied(watch) == 1
