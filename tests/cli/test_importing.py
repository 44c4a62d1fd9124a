"""An import that is cut off, and one that init offers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli import importing
from appcreds_sync.cli.importing import ImportOptions, import_store
from appcreds_sync.cli.safe_write import replace_file
from appcreds_sync.model.errors import AppcredsError
from appcreds_sync.oauth.catalogue import load_catalogue
from tests.cli.command import appcreds
from tests.cli.conftest import NETATMO
from tests.cli.schemas import check
from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant

SECRET = "canary-of-a-client"


def put_items(desk: Desk, *rows: dict[str, str]) -> None:
    desk.storage.parent.mkdir(exist_ok=True)
    document = {"version": 1, "minor_version": 1, "key": "application_credentials"}
    desk.storage.write_text(json.dumps(document | {"data": {"items": rows}}))


def spotify(client_id: str) -> dict[str, str]:
    return {
        "id": f"spotify_{client_id}",
        "domain": "spotify",
        "client_id": client_id,
        "client_secret": SECRET,
        "name": "Music",
    }


def test_killed_between_secrets_and_manifest_it_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.declare()
    put_items(desk, spotify("a"))
    manifest = desk.folder / "appcreds.yaml"
    before = manifest.read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            import_store(manifest, load_catalogue(), ImportOptions("ha", None))

    assert manifest.read_bytes() == before
    assert SECRET in (desk.folder / "secrets.yaml").read_text()
    ended = desk.run("import", "--store", "ha")
    assert (ended.code, SECRET in ended.printed) == (0, False)
    assert "there already: !secret spotify_client_secret" in ended.stdout
    assert (desk.folder / "secrets.yaml").read_text().count(SECRET) == 1
    assert "planned anew: nothing to do" in ended.stdout


def test_what_was_written_before_the_manifest_failed_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.declare()
    put_items(desk, spotify("a"))
    manifest = desk.folder / "appcreds.yaml"

    def edited_meanwhile(path: Path, before: bytes | None, after: bytes) -> None:
        path.write_text(path.read_text() + "# somebody else\n")
        replace_file(path, before, after)

    monkeypatch.setattr(importing, "replace_file", edited_meanwhile)
    with pytest.raises(AppcredsError) as raised:
        import_store(manifest, load_catalogue(), ImportOptions("ha", None))

    assert [problem.code for problem in raised.value.problems] == [
        "file-changed",
        "import-unfinished",
    ]
    assert "written before that: !secret spotify_client_secret" in str(raised.value)
    assert "spotify:" not in manifest.read_text()


def test_a_parts_directory_is_edited_where_credentials_are(desk: Desk) -> None:
    folder = desk.folder / "appcreds"
    folder.mkdir()
    (desk.folder / "appcreds.yaml").unlink()
    desk.write("appcreds/a.yaml", "version: 1\nowner: home\nstores: {ha: {directory: ../ha}}\n")
    desk.write("appcreds/b.yaml", "version: 1\ncredentials: {}\n")
    put_items(desk, spotify("a"))

    ended = desk.run("import", "--store", "ha")

    assert (ended.code, ended.stderr) == (0, "")
    assert "1 credential added to appcreds/b.yaml" in ended.stdout
    assert SECRET in (folder / "secrets.yaml").read_text()


def test_other_changes_that_are_pending_are_told_by_the_exit_code(desk: Desk) -> None:
    desk.declare(NETATMO)
    desk.secrets(netatmo="netatmo-1")
    put_items(desk, spotify("a"))

    ended = desk.run("import", "--store", "ha")
    desk.secrets(netatmo="", spotify_client_secret=SECRET)
    again = desk.run("import", "--store", "ha")

    assert (ended.code, again.code) == (2, 1)
    assert "1 credential added to appcreds.yaml; other changes are pending" in ended.stdout
    assert "nothing to add; it could not be planned anew" in again.stdout


HOMES = "version: 1\nowner: home\nstores: {ha: {directory: ha}, cabin: {directory: cabin}}\n"


def two_homes(desk: Desk, *cabin: dict[str, str]) -> None:
    """Both hold one client; the first one's is declared."""
    put_items(desk, spotify("a"))
    (desk.folder / "cabin" / ".storage").mkdir(parents=True)
    (desk.folder / "cabin" / desk.storage.relative_to(desk.folder / "ha")).write_text(
        json.dumps(json.loads(desk.storage.read_text()) | {"data": {"items": cabin}})
    )
    desk.write("appcreds.yaml", f"{HOMES}credentials: {{}}\n")
    assert desk.run("import", "--store", "ha").code == 0


def test_a_client_of_two_homes_is_one_credential(desk: Desk) -> None:
    two_homes(desk, spotify("a"), spotify("b"))
    before = (desk.folder / "appcreds.yaml").read_text()

    tried = desk.run("import", "--store", "cabin", "--dry-run", "--format", "json")
    ended = desk.run("import", "--store", "cabin")

    document = json.loads(tried.stdout)
    check("import", document)
    (shared,) = document["shared"]
    assert (shared["credential"], [it["id"] for it in shared["items"]]) == (
        "spotify",
        ["spotify_a"],
    )
    assert (ended.code, SECRET in ended.printed) == (0, False)
    assert "~ spotify  now for cabin too: spotify spotify_a" in ended.stdout
    assert (
        "1 credential added to appcreds.yaml, 1 credential declared for cabin too in "
        "appcreds.yaml; planned anew: nothing to do"
    ) in ended.stdout
    after = (desk.folder / "appcreds.yaml").read_text()
    assert after.startswith(before.replace("[ha]", "[ha, cabin]"))
    assert desk.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    "other",
    [
        {"client_secret": f"{SECRET}-2"},
        {"id": "spotify_a_2"},
        {"name": "Other music"},
        {"domain": "netatmo"},
    ],
)
def test_one_that_differs_in_anything_is_a_credential_of_its_own(
    other: dict[str, str], desk: Desk
) -> None:
    two_homes(desk, spotify("a") | other)

    ended = desk.run("import", "--store", "cabin")

    assert ended.code == 0, ended.printed
    assert "1 credential added to appcreds.yaml; planned anew: nothing to do" in ended.stdout
    assert "too" not in ended.stdout


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_the_name_of_a_file_is_harmless_where_it_is_shown(desk: Desk, output_format: str) -> None:
    (desk.folder / "appcreds.yaml").unlink()
    (desk.folder / "appcreds").mkdir()
    put_items(desk, spotify("a"))
    desk.write(
        "appcreds/<b>\x1b[2J.yaml", "version: 1\nowner: home\nstores: {ha: {directory: ../ha}}\n"
    )

    ended = desk.run("import", "--store", "ha", "--format", output_format)

    assert ended.code == 0
    assert "\x1b" not in ended.stdout
    assert output_format == "text" or "\\<b\\>" in ended.stdout


def test_init_declares_what_is_there_if_asked_to(desk: Desk) -> None:
    put_items(desk, spotify("a"), spotify("b"))

    ended = appcreds("init", "new", "--directory", "ha", "--import", cwd=desk.folder)

    assert (ended.code, SECRET in ended.printed) == (0, False)
    assert "2 credentials added to new/appcreds.yaml; planned anew: nothing to do" in ended.stdout
    assert appcreds("plan", "new/appcreds.yaml", cwd=desk.folder).code == 0


def test_init_without_a_terminal_does_not_ask(desk: Desk) -> None:
    put_items(desk, spotify("a"))

    ended = appcreds("init", "new", "--directory", "ha", cwd=desk.folder)

    assert ended.code == 0
    assert "appcreds-sync add INTEGRATION --manifest new/appcreds.yaml" in ended.stdout
    assert "credentials: {}" in (desk.folder / "new" / "appcreds.yaml").read_text()


@pytest.mark.parametrize(("answer", "declares"), [("y", True), ("n", False)])
def test_init_at_a_terminal_offers_it(
    home_assistants: dict[str, HomeAssistant], tmp_path: Path, answer: str, *, declares: bool
) -> None:
    home_assistant = home_assistants["2025.4.4"]
    home_assistant.reset()
    home_assistant.create_item(domain="spotify", client_id="mine", client_secret=SECRET)

    code, screen = at_terminal(
        "init",
        "--url",
        home_assistant.url,
        cwd=tmp_path,
        answers=(
            ("Long-lived access token", home_assistant.token),
            ("Owner", "home"),
            ("Declare what is there", answer),
        ),
    )

    assert (code, SECRET in screen) == (0, False)
    assert ("planned anew: nothing to do" in screen) is declares
    assert ("client_id: mine" in (tmp_path / "appcreds.yaml").read_text()) is declares


def test_init_cannot_import_without_asking_the_store(tmp_path: Path) -> None:
    ended = appcreds("init", "--directory", "ha", "--import", "--no-check", cwd=tmp_path)

    assert ended.code == 64
    assert list(tmp_path.iterdir()) == []
