from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def test_makes_the_store_as_declared_and_then_finds_nothing(desk: Desk) -> None:
    first = desk.run("sync")
    written = desk.storage.read_bytes()
    second = desk.run("sync")

    assert (first.code, second.code) == (0, 0)
    assert "converged: read again, nothing left to do" in first.stdout
    assert "nothing to do; 2 unchanged" in second.stdout
    assert desk.items() == {"home.spotify": "spotify-1", "home.netatmo": "netatmo-1"}
    assert desk.storage.read_bytes() == written


def test_the_report_as_json_is_as_published(desk: Desk) -> None:
    ended = desk.run("sync", "--format", "json")

    document = json.loads(ended.stdout)
    check("report", document)
    (store,) = document["stores"]
    assert (document["exit_code"], store["applied"], store["converged"]) == (0, True, True)
    assert [row["outcome"] for row in store["results"]] == ["applied", "applied"]


def test_a_guard_stops_all_and_says_which_flag_lifts_it(desk: Desk) -> None:
    desk.run("sync")
    desk.declare()

    stopped = desk.run("sync", "--format", "json")

    document = json.loads(stopped.stdout)
    check("report", document)
    assert (stopped.code, document["stopped_by_guard"]) == (3, True)
    assert len(desk.items()) == 2
    assert "--allow-empty" in desk.run("sync").stdout
    assert desk.run("sync", "--allow-empty").code == 0
    assert desk.items() == {}


def test_max_deletes_is_raised_by_its_flag(desk: Desk) -> None:
    desk.run("sync")
    desk.declare(SPOTIFY, head="policy: {max_deletes: 0}\n")

    stopped, lifted = desk.run("sync"), desk.run("sync", "--max-deletes", "1")

    assert (stopped.code, lifted.code) == (3, 0)
    assert "--max-deletes 1" in stopped.stdout
    assert list(desk.items()) == ["home.spotify"]


def test_what_cannot_be_read_is_left_as_it_is_and_the_rest_goes_on(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-2")

    ended = desk.run("sync", "--format", "json")

    check("report", json.loads(ended.stdout))
    assert ended.code == 1
    assert desk.items() == {"home.spotify": "spotify-2", "home.netatmo": "netatmo-1"}


@pytest.mark.parametrize("flag", [(), ("--keep-going",)])
def test_keep_going_holds_back_only_the_store_with_the_guard(
    desk: Desk, flag: tuple[str, ...]
) -> None:
    desk.run("sync")
    (desk.folder / "other").mkdir()
    elsewhere = f"{SPOTIFY}    stores: [other]\n"
    desk.declare(elsewhere, stores="ha: {directory: ha}, other: {directory: other}")

    ended = desk.run("sync", *flag)

    assert ended.code == 3
    assert len(desk.items()) == 2
    made = (desk.folder / "other" / ".storage" / "application_credentials").exists()
    assert made is bool(flag)


def test_a_name_that_is_declared_again_is_found_again(desk: Desk) -> None:
    desk.run("sync")
    desk.declare(NETATMO, SPOTIFY)

    assert "nothing to do" in desk.run("sync").stdout
