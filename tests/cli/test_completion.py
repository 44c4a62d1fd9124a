from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import PROGRAM, appcreds, run

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

VARIABLE = "_APPCREDS_SYNC_COMPLETE"


def _completed(desk: Desk, *words: str) -> list[str]:
    """Return what bash would be offered for the last of `words`."""
    ended = appcreds(
        cwd=desk.folder,
        env={
            VARIABLE: "bash_complete",
            "COMP_WORDS": " ".join(["appcreds-sync", *words]),
            "COMP_CWORD": str(len(words)),
        },
    )
    assert ended.stderr == ""
    return [line.partition(",")[2] for line in ended.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("li",), ["list", "link"]),
        (("link", "s"), ["spotify"]),
        (("link", "x"), []),
        (("remove", ""), ["netatmo", "spotify"]),
        (("add", "teslem"), ["teslemetry"]),
        (("integrations", "spo"), ["spotify"]),
        (("plan", "--store", ""), ["ha", "pilot"]),
        (("verify", "--credential", "net"), ["netatmo"]),
        (("import", "--store", "h"), ["ha"]),
        (("list", "--format", "m"), ["markdown"]),
        (("doctor", "--st"), ["--store"]),
    ],
)
def test_completes_commands_flags_and_names(
    words: tuple[str, ...], expected: list[str], desk: Desk
) -> None:
    manifest = (desk.folder / "appcreds.yaml").read_text()
    desk.write(
        "appcreds.yaml", manifest.replace("{directory: ha}", "{directory: ha, labels: [pilot]}")
    )

    assert _completed(desk, *words) == expected


def test_takes_the_manifest_that_the_line_names(desk: Desk) -> None:
    desk.declare("  twitch: {client_id: a, client_secret: !secret spotify}\n", name="other.yaml")

    assert _completed(desk, "link", "--manifest", "other.yaml", "") == ["twitch"]


def test_a_broken_manifest_completes_nothing_and_says_nothing(desk: Desk) -> None:
    desk.write("appcreds.yaml", "nonsense")

    assert _completed(desk, "link", "") == []
    assert "spotify" in _completed(desk, "add", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_calls_back(shell: str, desk: Desk) -> None:
    ended = desk.run("completion", shell)

    assert ended.code == 0
    assert f"{VARIABLE}={shell}_complete" in ended.stdout


def test_bash_completes_a_credential(desk: Desk) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = """
        eval "$(appcreds-sync completion bash)"
        COMP_WORDS=(appcreds-sync link s) COMP_CWORD=2
        _appcreds_sync_completion appcreds-sync s link
        echo "${COMPREPLY[@]}"
    """

    ended = run([bash, "-c", script], desk.folder, {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin"})

    assert (ended.stdout, ended.stderr) == ("spotify\n", "")
