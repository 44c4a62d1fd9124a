from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.schemas import check
from tests.cli.terminal import at_terminal

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


class TestSavedPlan:
    def test_is_applied_where_nothing_has_changed(self, desk: Desk) -> None:
        planned = desk.run("plan", "--out", "plan.json")
        ended = desk.run("sync", "--plan", "plan.json")

        check("plan", json.loads((desk.folder / "plan.json").read_text()))
        assert (planned.code, ended.code) == (0, 0)
        assert len(desk.items()) == 2

    def test_says_that_secrets_without_a_version_are_not_pinned(self, desk: Desk) -> None:
        planned = desk.run("plan", "--out", "plan.json")

        assert "note: 2 secrets have no version" in planned.stderr
        assert "ha: netatmo/home.netatmo" in planned.stderr

    def test_is_refused_where_the_manifest_has_changed(self, desk: Desk) -> None:
        desk.run("plan", "--out", "plan.json")
        desk.declare(SPOTIFY)

        ended = desk.run("sync", "--plan", "plan.json")

        assert ended.code == 3
        assert "the plan is not the one in plan.json any more" in ended.stdout
        assert desk.items() == {}

    def test_is_refused_where_the_store_has_changed(self, desk: Desk) -> None:
        desk.run("sync")
        desk.secrets(spotify="spotify-2", netatmo="netatmo-1")
        desk.run("plan", "--out", "plan.json")
        desk.run("sync")

        ended = desk.run("sync", "--plan", "plan.json", "--format", "json")

        check("report", json.loads(ended.stdout))
        assert ended.code == 3
        assert "plan-changed" in ended.stdout

    @pytest.mark.parametrize("content", ["", "[]", '{"stores": 1}', '{"format_version": 2}'])
    def test_that_is_none_is_a_wrong_command_line(self, desk: Desk, content: str) -> None:
        desk.write("plan.json", content)

        ended = desk.run("sync", "--plan", "plan.json")

        assert ended.code == 64
        assert "error: " in ended.stderr
        assert desk.items() == {}

    def test_that_is_missing_is_a_wrong_command_line(self, desk: Desk) -> None:
        ended = desk.run("sync", "--plan", "plan.json")

        assert ended.code == 64
        assert "plan.json can't be read" in ended.stderr

    def test_is_not_saved_where_a_store_could_not_be_read(self, desk: Desk) -> None:
        (desk.folder / "ha").rmdir()

        ended = desk.run("plan", "--out", "plan.json")

        assert ended.code == 64
        assert "there is none for ha" in ended.stderr
        assert not (desk.folder / "plan.json").exists()

    def test_says_where_it_could_not_be_saved(self, desk: Desk) -> None:
        ended = desk.run("plan", "--out", "missing/plan.json")

        assert ended.code == 64
        assert "can't be written to missing/plan.json" in ended.stderr


def _many(count: int) -> str:
    return "".join(
        f"  c{n}:\n    integration: spotify\n    client_id: id{n}\n    client_secret: !secret s\n"
        for n in range(count)
    )


def test_much_to_do_shows_a_bar_at_a_terminal_only(desk: Desk) -> None:
    desk.declare(_many(30))
    desk.secrets(s="secret")

    _, screen = at_terminal("sync", cwd=desk.folder)
    desk.declare(_many(60))
    piped = desk.run("sync")

    assert "applying" in screen
    assert piped.stderr == ""
    assert len(desk.items()) == 60


def test_little_to_do_shows_none(desk: Desk) -> None:
    _, screen = at_terminal("sync", cwd=desk.folder)

    assert "converged" in screen
    assert "applying" not in screen


def test_colour_at_a_terminal_can_be_turned_off(desk: Desk) -> None:
    _, coloured = at_terminal("plan", cwd=desk.folder)
    _, plain = at_terminal("plan", cwd=desk.folder, env={"NO_COLOR": "1"})

    assert "\x1b[32m" in coloured
    assert "\x1b" not in plain


def test_a_name_that_is_declared_again_is_found_again(desk: Desk) -> None:
    desk.run("sync")
    desk.declare(NETATMO, SPOTIFY)

    assert "nothing to do" in desk.run("sync").stdout
