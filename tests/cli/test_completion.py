"""What each shell offers and completes, in the shell itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import SPOTIFY, Desk
from tests.cli.shells import SHELLS, completed, offered

if TYPE_CHECKING:
    from tests.cli.command import Ended

_TWITCH = "  twitch: {client_id: a, client_secret: !secret spotify}\n"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A folder with the label `pilot`, other folders, and manifests with odd names."""
    manifest = (desk.folder / "appcreds.yaml").read_text()
    labelled = manifest.replace("{directory: ha}", "{directory: ha, labels: [pilot]}")
    desk.write("appcreds.yaml", labelled)
    (desk.folder / "folder").mkdir()
    for name in ("odd name.yaml", "it's.yaml", "col:on.yaml", "two.yaml"):
        desk.declare(_TWITCH, name=name)
    return desk


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("li", ["link", "list"]),
        ("--log-level ", ["debug", "error", "info", "warning"]),
        ("link ", ["netatmo", "spotify"]),
        ("link x", []),
        ("remove ", ["netatmo", "spotify"]),
        ("add teslem", ["teslemetry"]),
        ("integrations spo", ["spotify"]),
        ("plan --store ", ["ha", "pilot"]),
        ("verify --credential net", ["netatmo"]),
        ("list --format m", ["markdown"]),
        ("doctor --st", ["--store"]),
        ("plan t", ["two.yaml"]),
        ("plan --manifest tw", ["two.yaml"]),
    ],
)
def test_offers_commands_flags_names_and_files(
    shell: str, line: str, expected: list[str], desk: Desk
) -> None:
    assert offered(shell, f"appcreds-sync {line}", desk.folder) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_offers_folders_alone_where_a_folder_is_wanted(shell: str, desk: Desk) -> None:
    found = offered(shell, "appcreds-sync init ", desk.folder)

    # zsh and fish put a slash behind some of them, as they do everywhere.
    assert [name.rstrip("/") for name in found] == ["folder", "ha"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("link s", "link spotify "),
        ("plan --store=h", "plan --store=ha "),
        ("plan --manifest=tw", "plan --manifest=two.yaml "),
        ("plan --manifest it", "plan --manifest it\\'s.yaml "),
        ("plan od", "plan odd\\ name.yaml "),
        ("plan 'odd n", "plan 'odd name.yaml' "),
        ("plan col\\:o", "plan col\\:on.yaml "),
    ],
)
def test_completes_what_has_been_begun(shell: str, line: str, expected: str, desk: Desk) -> None:
    found = completed(shell, f"appcreds-sync {line}", desk.folder)

    # Only bash breaks words at a colon, and only there must one be escaped.
    if shell != "bash":
        expected = expected.replace("\\:", ":")
        found = found.replace("\\:", ":")
    assert found == f"appcreds-sync {expected}"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "manifest",
    [
        "--manifest two.yaml",
        "--manifest=two.yaml",
        "--manifest odd\\ name.yaml",
        "--manifest 'odd name.yaml'",
        '--manifest "it\'s.yaml"',
        "--manifest col:on.yaml",
        "--manifest ~/here.yaml",
        "--manifest $HOME/here.yaml",
    ],
)
def test_takes_names_from_the_manifest_that_the_line_names(
    shell: str, manifest: str, desk: Desk
) -> None:
    Desk(Path(os.environ["HOME"])).declare(_TWITCH, name="here.yaml")

    assert offered(shell, f"appcreds-sync link {manifest} ", desk.folder) == ["twitch"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("before", ["appcreds-sync validate; ", "NO_COLOR=1 ", "true | "])
def test_completes_only_the_command_under_the_cursor(shell: str, before: str, desk: Desk) -> None:
    line = f"{before}appcreds-sync link s"

    assert completed(shell, line, desk.folder) == f"{line}potify "


@pytest.mark.parametrize("shell", SHELLS)
def test_a_broken_manifest_completes_no_name_but_all_the_rest(shell: str, desk: Desk) -> None:
    desk.write("appcreds.yaml", "nonsense")

    assert offered(shell, "appcreds-sync link ", desk.folder) == []
    assert offered(shell, "appcreds-sync add spo", desk.folder) == ["spotify"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_broken_manifest_says_nothing(shell: str, desk: Desk) -> None:
    desk.write("appcreds.yaml", "nonsense")

    ended = _asked(desk, shell, "appcreds-sync link ")

    assert (ended.code, ended.printed.strip()) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", ["", "appcreds-sync link --manifest ~nobody/here.yaml "])
def test_a_line_that_means_nothing_says_nothing(shell: str, line: str, desk: Desk) -> None:
    assert _asked(desk, shell, line).stderr == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_offers_the_manifests_own_integrations_beside_the_known_ones(
    shell: str, desk: Desk
) -> None:
    own = "  own: {integration: spotify_of_ours, client_id: a, client_secret: !secret spotify}\n"
    desk.declare(SPOTIFY, own)

    found = offered(shell, "appcreds-sync add spo", desk.folder)

    assert found == ["spotify", "spotify_of_ours"]


def _asked(desk: Desk, shell: str, line: str) -> Ended:
    """Run the program as the shell's script does."""
    return desk.run(_APPCREDS_SYNC_COMPLETE=f"{shell}_complete", APPCREDS_SYNC_LINE=line)
