from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


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
