"""The unit for systemd starts what there is, and gives it the time it needs."""

from __future__ import annotations

import shlex
from pathlib import Path

from appcreds_sync.watch.options import WatchOptions
from tests.cli.command import appcreds

EXAMPLES = Path(__file__).parents[2] / "examples"


def settings() -> dict[str, str]:
    """Return the unit's settings; of one that comes twice, the last."""
    lines = (EXAMPLES / "systemd" / "appcreds-sync.service").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith(("#", "[")))
    return {name: value for name, equals, value in pairs if equals}


def test_it_starts_the_daemon(tmp_path: Path) -> None:
    _, *arguments = shlex.split(settings()["ExecStart"])
    manifest = arguments.pop()
    (tmp_path / "ha").mkdir()
    (tmp_path / "appcreds.yaml").write_text(
        "version: 1\nowner: home\nstores: {ha: {directory: ha}}\nwatch: {listen: 'off'}\n"
    )
    ended = appcreds(*arguments, "--once-healthy", "appcreds.yaml", cwd=tmp_path)
    assert manifest.startswith("/etc/")
    assert ended.code == 0


def test_it_may_finish_what_is_in_hand() -> None:
    assert float(settings()["TimeoutStopSec"]) > WatchOptions(Path("/")).drain


def test_systemd_hears_of_a_reload() -> None:
    assert settings()["Type"] == "notify"
    assert "-HUP" in settings()["ExecReload"]
