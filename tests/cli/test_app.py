from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from appcreds_sync.cli import app
from tests.cli.command import PROGRAM, appcreds, run
from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

CANARY = "canary-in-a-message"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("no-such-command",),
        ("--no-such-flag",),
        ("plan", "--no-such-flag"),
        ("plan", "--format", "xml"),
        ("plan", "--max-deletes", "-1"),
        ("plan", "one", "two"),
        ("plan", "--offline"),
        ("plan", "--base", "x.yaml"),
        ("plan", "--no-secrets", "--out", "x.json"),
        ("plan", "--offline", "--base", "x.yaml", "--out", "x.json"),
        ("schema", "no-such-schema"),
    ],
)
def test_a_wrong_command_line_ends_with_64(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = appcreds(*arguments, cwd=tmp_path)

    assert ended.code == 64
    assert ended.stdout == ""
    assert "Usage: appcreds-sync" in ended.stderr


def test_says_its_version(tmp_path: Path) -> None:
    ended = appcreds("--version", cwd=tmp_path)

    assert ended.code == 0
    assert ended.stdout.startswith("appcreds-sync, version 0.")


def test_runs_as_a_module_too(tmp_path: Path) -> None:
    ended = run([sys.executable, "-m", "appcreds_sync", "--version"], tmp_path)

    assert ended.stdout == appcreds("--version", cwd=tmp_path).stdout


def test_a_mistake_of_ours_tells_where_but_not_with_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(app.commands, "main", broken)

    with pytest.raises(SystemExit) as exited:
        app.run_command_line()

    printed = capsys.readouterr().err
    assert exited.value.code == 1
    assert "internal error: RuntimeError" in printed
    assert f'{Path(__file__).name}", line ' in printed
    assert CANARY not in printed


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
def test_an_interruption_ends_as_shells_count_it(
    interruption: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(**_: object) -> None:
        raise interruption

    monkeypatch.setattr(app.commands, "main", interrupted)

    with pytest.raises(SystemExit) as exited:
        app.run_command_line()

    assert exited.value.code == 130
    assert capsys.readouterr().err.startswith("interrupted; ")


def test_colour_at_a_terminal_can_be_turned_off(desk: Desk) -> None:
    _, coloured = at_terminal("plan", cwd=desk.folder)
    _, plain = at_terminal("plan", cwd=desk.folder, env={"NO_COLOR": "1"})

    assert "\x1b[32m" in coloured
    assert "\x1b" not in plain


def test_so_can_the_colour_of_errors(desk: Desk) -> None:
    _, coloured = at_terminal("validate", "nowhere.yaml", cwd=desk.folder)
    _, plain = at_terminal("validate", "nowhere.yaml", cwd=desk.folder, env={"NO_COLOR": "1"})

    assert "\x1b[31m" in coloured
    assert "error: " in plain
    assert "\x1b" not in plain


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_finds_no_room_is_no_mistake_of_ours(unbuffered: str, desk: Desk) -> None:
    command = f"'{PROGRAM}' plan > /dev/full"

    ended = run(["/bin/sh", "-c", command], desk.folder, {"PYTHONUNBUFFERED": unbuffered})

    assert ended.code == 1
    assert ended.stderr == "error: no space left where the output goes; make room there\n"


def test_a_reader_that_has_seen_enough_is_no_mistake_of_ours(desk: Desk) -> None:
    many = (
        f"  c{n}: {{integration: spotify, client_id: {n:0400}, client_secret: !secret spotify}}\n"
        for n in range(1000)
    )
    desk.declare(*many)

    ended = run(["/bin/sh", "-c", f"'{PROGRAM}' plan | head -n 1"], desk.folder)

    assert (ended.code, ended.stdout, ended.stderr) == (0, "ha\n", "")


def test_a_letter_that_the_output_has_no_code_for_is_no_mistake_of_ours(desk: Desk) -> None:
    desk.declare("  spotify: {client_id: \u0416, client_secret: !secret spotify}\n")

    ended = desk.run("plan", PYTHONIOENCODING="latin-1")

    assert ended.code == 0
    assert "client id \\u0416" in ended.stdout


def test_a_current_folder_that_is_gone_is_no_mistake_of_ours(tmp_path: Path) -> None:
    command = f"mkdir here && cd here && rmdir ../here && '{PROGRAM}' plan /some/manifest.yaml"

    ended = run(["/bin/sh", "-c", command], tmp_path)

    assert ended.code == 1
    assert ended.stderr.startswith("error: the current folder is gone")


def test_a_files_name_in_a_warning_can_not_steer_the_terminal(desk: Desk) -> None:
    desk.declare(
        "  spotify: {client_id: ' o ', client_secret: !secret spotify}\n", name="\x1b[2J.yaml"
    )

    ended = desk.run("validate", "\x1b[2J.yaml")

    assert "warning: \N{REPLACEMENT CHARACTER}[2J.yaml:" in ended.stderr
    assert "\x1b" not in ended.printed
