"""How `watch` begins and ends, where there is no daemon yet or any more."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import appcreds, run
from tests.cli.conftest import SPOTIFY, Desk
from tests.watch.running import Watch

if TYPE_CHECKING:
    from pathlib import Path

_SIGNALLED_EARLY = """\
import os, signal, sys
from appcreds_sync.cli import logs, main
logs.set_up_watch_logging = lambda *_: os.kill(os.getpid(), int(sys.argv.pop()))
main()
"""
_BREAKS = """\
from appcreds_sync.cli import main, watching
def watch(_):
    raise ValueError("hunter2")
watching.watch = watch
main()
"""


@pytest.mark.parametrize(
    ("number", "flags", "code"),
    [
        (signal.SIGTERM, (), 0),
        (signal.SIGINT, (), 0),
        (signal.SIGTERM, ("--once-healthy",), 1),
    ],
)
def test_a_signal_before_the_daemon_is_there_is_heeded(
    tmp_path: Path, number: signal.Signals, flags: tuple[str, ...], code: int
) -> None:
    command = [sys.executable, "-c", _SIGNALLED_EARLY, "watch", "--wait", *flags]

    assert run([*command, str(int(number))], tmp_path).code == code


def test_a_hangup_before_the_daemon_is_there_ends_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SIGNALLED_EARLY, "watch", str(int(signal.SIGHUP))]
    ended = run(command, tmp_path)

    assert (ended.code, "there is no manifest" in ended.stderr) == (1, True)


@pytest.mark.parametrize("name", ["appcreds.yaml", "other.yaml"])
def test_it_waits_for_a_manifest_that_nobody_named_here(tmp_path: Path, name: str) -> None:
    (tmp_path / "ha").mkdir()
    desk = Desk(tmp_path)
    desk.declare(SPOTIFY, head="watch: {listen: 'off'}\n")
    desk.secrets(spotify="spotify-1")
    later = (tmp_path / "appcreds.yaml").rename(tmp_path / "later")
    env = {} if name == "appcreds.yaml" else {"APPCREDS_MANIFEST": name}
    with Watch(tmp_path, "--wait", "--listen", "off", env=env) as watch:
        assert watch.next("manifest-broken")["problem"].startswith(name)
        later.rename(tmp_path / name)
        watch.next("turn", state="in-sync")
        assert watch.stop() == 0


def test_what_ends_it_is_json_where_its_log_is(tmp_path: Path) -> None:
    ended = appcreds("watch", "--log-format", "json", cwd=tmp_path)
    (line,) = ended.stderr.splitlines()

    assert ended.code == 1
    assert json.loads(line)["event"] == "error"
    assert "there is no manifest" in json.loads(line)["problem"]


def test_a_mistake_of_ours_is_json_too_and_keeps_its_words(tmp_path: Path) -> None:
    (tmp_path / "appcreds.yaml").touch()
    command = [sys.executable, "-c", _BREAKS, "watch", "--log-format", "json"]
    ended = run(command, tmp_path)
    (line,) = ended.stderr.splitlines()

    assert ended.code == 1
    assert json.loads(line).items() >= {"event": "internal-error", "error": "ValueError"}.items()
    assert "hunter2" not in line
