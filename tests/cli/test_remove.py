from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import click
import pytest

from appcreds_sync.cli import removing
from appcreds_sync.model.errors import AppcredsError
from appcreds_sync.planning.options import PlanOptions
from tests.cli.command import PROGRAM
from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao

TAKE_OUT = ("Take it out of appcreds.yaml?", "y")
SECRET = ("Delete the secret at !secret spotify too?", "y")
SYNC = ("Sync afterwards?", "y")
CTRL_C = "\x03"


def _files(desk: Desk) -> dict[str, bytes]:
    return {
        str(path.relative_to(desk.folder)): path.read_bytes()
        for path in desk.folder.rglob("*")
        if path.is_file()
    }


def _prepared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> removing.Removal:
    monkeypatch.chdir(desk.folder)
    return removing.prepare(None, "spotify", PlanOptions(), with_absent=True)


def test_asks_shows_the_plan_and_takes_everything_away(desk: Desk) -> None:
    desk.run("sync")

    answers = (TAKE_OUT, SYNC, SECRET)
    code, screen = at_terminal("remove", "spotify", cwd=desk.folder, answers=answers)

    assert code == 0
    before_questions, _, _ = screen.partition(TAKE_OUT[0])
    assert "delete     spotify/home.spotify" in before_questions
    assert desk.items() == {"home.netatmo": "netatmo-1"}
    assert "spotify" not in (desk.folder / "appcreds.yaml").read_text()
    assert (desk.folder / "secrets.yaml").read_text() == "netatmo: netatmo-1\n"
    assert "deleted !secret spotify" in screen


@pytest.mark.parametrize("prompt", range(3))
def test_ctrl_c_at_any_prompt_leaves_all_as_it_was(prompt: int, desk: Desk) -> None:
    desk.run("sync")
    before = _files(desk)
    answers = [TAKE_OUT, SYNC, SECRET][: prompt + 1]
    answers[prompt] = (answers[prompt][0], CTRL_C)

    code, _ = at_terminal("remove", "spotify", cwd=desk.folder, answers=answers)

    assert code == 130
    assert _files(desk) == before


def test_a_script_keeps_the_secret_unless_told(desk: Desk) -> None:
    desk.run("sync")

    ended = desk.run("remove", "spotify")

    assert ended.code == 0
    assert "its secret stays at !secret spotify" in ended.stdout
    assert "next: appcreds-sync sync" in ended.stdout
    assert "home.spotify" in desk.items()
    assert desk.run("plan", "--detailed-exitcode").code == 2


def test_the_last_one_needs_a_word_more(desk: Desk) -> None:
    desk.declare(SPOTIFY)
    desk.run("sync")

    stopped = desk.run("remove", "spotify", "--sync", "--delete-secret")

    assert stopped.code == 3
    assert "--allow-empty" in stopped.stdout
    assert "its secret stays at !secret spotify: ha still holds spotify/home.spotify" in (
        stopped.stdout
    )
    assert "home.spotify" in desk.items()
    assert desk.run("sync", "--allow-empty").code == 0
    assert desk.items() == {}


def test_a_slip_of_the_pen_is_corrected(desk: Desk) -> None:
    ended = desk.run("remove", "spotfy")

    assert ended.code == 64
    assert "did you mean spotify?" in ended.stderr


def test_a_no_changes_nothing_and_says_so(desk: Desk) -> None:
    before = _files(desk)

    code, screen = at_terminal("remove", "spotify", cwd=desk.folder, answers=((TAKE_OUT[0], "n"),))

    assert code == 1
    assert "nothing was changed" in screen
    assert "interrupted" not in screen
    assert _files(desk) == before


@pytest.mark.parametrize(
    ("head", "flags"),
    [
        pytest.param("", (), id="not synced yet"),
        pytest.param("policy: {prune: never}\n", ("--sync",), id="never pruned"),
    ],
)
def test_the_secret_of_an_item_that_is_still_there_stays(
    head: str, flags: tuple[str, ...], desk: Desk
) -> None:
    desk.declare(SPOTIFY, NETATMO, head=head)
    desk.run("sync")

    ended = desk.run("remove", "spotify", "--delete-secret", *flags)

    assert ended.code == 3
    assert "its secret stays at !secret spotify: ha still holds spotify/home.spotify" in (
        ended.stdout
    )
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


def test_the_secret_of_what_was_never_synced_can_go_at_once(desk: Desk) -> None:
    ended = desk.run("remove", "spotify", "--delete-secret")

    assert ended.code == 0
    assert "deleted !secret spotify" in ended.stdout


def test_the_secret_stays_where_a_store_can_not_be_asked(desk: Desk) -> None:
    gone = "house: {url: 'http://127.0.0.1:9', token: 'env://TOKEN'}"
    desk.declare(SPOTIFY, NETATMO, stores=f"ha: {{directory: ha}}, {gone}")

    ended = desk.run("remove", "spotify", "--delete-secret", TOKEN="t")

    assert "its secret stays at !secret spotify: house could not be read" in ended.stdout
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


def test_another_credential_that_is_in_trouble_keeps_no_secret_alive(desk: Desk) -> None:
    desk.run("sync")
    desk.secrets(spotify="spotify-1")

    ended = desk.run("remove", "spotify", "--sync", "--delete-secret")

    assert ended.code == 1
    assert "deleted !secret spotify" in ended.stdout
    assert list(desk.items()) == ["home.netatmo"]


def test_a_value_that_is_not_ours_to_delete_is_named(desk: Desk) -> None:
    desk.declare(SPOTIFY, NETATMO.replace("!secret netatmo", "env://NETATMO"))
    desk.run("sync", NETATMO="n")

    ended = desk.run("remove", "netatmo", "--sync", "--delete-secret")

    assert ended.code == 0
    assert "its secret stays at env://NETATMO: delete it by hand" in ended.stdout


def test_ctrl_c_in_the_sync_names_what_was_done_and_what_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    removal = _prepared(desk, monkeypatch)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(removing, "make_report", interrupted)
    capsys.readouterr()
    with pytest.raises(click.Abort):
        removing.carry_out(removal, delete_secret=True, sync=True)

    assert capsys.readouterr().out.splitlines() == [
        "took spotify out of appcreds.yaml",
        "its secret stays at !secret spotify",
        "next: appcreds-sync sync",
    ]
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


def test_who_came_to_need_it_meanwhile_keeps_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    removal = _prepared(desk, monkeypatch)
    desk.write("staging.yaml", "x: !secret spotify\n")

    assert removing.carry_out(removal, delete_secret=True, sync=False) == 0

    assert "its secret stays at !secret spotify: " in capsys.readouterr().out
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


def test_a_secret_that_can_not_be_deleted_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write("secrets.yaml", "spotify: &x spotify-1\nnetatmo: *x\n")
    removal = _prepared(desk, monkeypatch)
    capsys.readouterr()

    with pytest.raises(AppcredsError, match="can't be cut out"):
        removing.carry_out(removal, delete_secret=True, sync=True)

    assert capsys.readouterr().out.splitlines()[-1] == "its secret stays at !secret spotify"
    assert "netatmo: *x" in (desk.folder / "secrets.yaml").read_text()


def test_a_secret_that_is_nowhere_is_no_obstacle(desk: Desk) -> None:
    desk.secrets(netatmo="netatmo-1")

    ended = desk.run("remove", "spotify", "--delete-secret")

    assert ended.code == 0
    assert "its secret stays at !secret spotify: it could not be read" in ended.stdout
    assert "spotify" not in (desk.folder / "appcreds.yaml").read_text()


def test_nobody_who_reads_on_is_no_reason_to_stop_half_way(desk: Desk) -> None:
    desk.run("sync")
    command = [str(PROGRAM), "remove", "spotify", "--sync", "--delete-secret"]
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, cwd=desk.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        while "took spotify out" not in running.stdout.readline():
            pass
        running.stdout.close()

    assert "spotify" not in (desk.folder / "appcreds.yaml").read_text()
    assert list(desk.items()) == ["home.netatmo"]
    assert (desk.folder / "secrets.yaml").read_text() == "netatmo: netatmo-1\n"


def test_what_is_next_names_the_manifest(desk: Desk) -> None:
    (desk.folder / "appcreds.yaml").rename(desk.folder / "other.yaml")

    ended = desk.run("remove", "spotify", "--manifest", "other.yaml")

    assert "next: appcreds-sync sync other.yaml" in ended.stdout


@pytest.mark.parametrize(
    "credentials",
    [
        "credentials: &a\n  spotify: {client_id: a, client_secret: 'env://S'}\n",
        "credentials:\n  spotify: &s {client_id: a, client_secret: 'env://S'}\n  xbox: *s\n",
    ],
)
def test_a_file_that_can_not_be_edited_is_left_alone(credentials: str, desk: Desk) -> None:
    text = f"version: 1\nowner: home\nstores: {{ha: {{directory: ha}}}}\n{credentials}"
    desk.write("appcreds.yaml", text)

    ended = desk.run("remove", "spotify")

    assert ended.code == 1
    assert "this file can't be edited by a program" in ended.stderr
    assert "nothing was written; edit it by hand" in ended.stderr
    assert (desk.folder / "appcreds.yaml").read_text() == text


def test_a_secret_that_another_credential_needs_is_not_offered(desk: Desk) -> None:
    desk.declare(SPOTIFY, NETATMO.replace("!secret netatmo", "!secret spotify"))

    ended = desk.run("remove", "spotify", "--delete-secret")

    assert ended.code == 0
    assert "its secret stays at !secret spotify: netatmo needs it" in ended.stdout
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


def test_a_taken_over_key_gets_an_absent_line(desk: Desk) -> None:
    desk.declare(
        SPOTIFY, NETATMO.replace("!secret netatmo", "!secret netatmo\n    auth_domain: old")
    )
    desk.run("sync")
    assert "old" in desk.items()

    ended = desk.run("remove", "netatmo", "--sync")

    assert ended.code == 0
    text = (desk.folder / "appcreds.yaml").read_text()
    assert text.endswith('absent:\n  - {integration: netatmo, auth_domain: "old"}\n')
    assert list(desk.items()) == ["home.spotify"]


def test_no_absent_leaves_the_item_to_the_person(desk: Desk) -> None:
    desk.declare(
        SPOTIFY, NETATMO.replace("!secret netatmo", "!secret netatmo\n    auth_domain: old")
    )
    desk.run("sync")

    ended = desk.run("remove", "netatmo", "--sync", "--no-absent", "--delete-secret")

    assert ended.code == 3
    assert "its secret stays at !secret netatmo: ha still holds netatmo/old" in ended.stdout
    assert "netatmo: netatmo-1" in (desk.folder / "secrets.yaml").read_text()
    assert "absent" not in (desk.folder / "appcreds.yaml").read_text()
    assert sorted(desk.items()) == ["home.spotify", "old"]


def test_an_older_name_of_our_own_needs_no_absent_line(desk: Desk) -> None:
    desk.declare(
        SPOTIFY, NETATMO.replace("!secret netatmo", "!secret netatmo\n    auth_domain: home.older")
    )
    desk.run("sync")

    desk.run("remove", "netatmo", "--sync")

    assert "absent" not in (desk.folder / "appcreds.yaml").read_text()
    assert list(desk.items()) == ["home.spotify"]


def test_says_which_account_stands_in_the_way(home_assistant: HomeAssistant, desk: Desk) -> None:
    desk.declare(
        "  lab: {integration: oauth_lab, client_id: a, client_secret: !secret spotify}\n"
        "  lazy: {integration: oauth_lab_lazy, client_id: b, client_secret: !secret netatmo}\n",
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}",
    )
    desk.run("sync", TOKEN=home_assistant.token)
    went = desk.run("remove", "lazy", "--sync", "--delete-secret", TOKEN=home_assistant.token)
    assert went.code == 0
    assert "deleted !secret netatmo" in went.stdout
    assert len(home_assistant.items()) == 1
    home_assistant.add_entry(domain="oauth_lab", auth_implementation="home.lab", title="Ann")

    flags = ("--sync", "--delete-secret", "--allow-empty")
    ended = desk.run("remove", "lab", *flags, TOKEN=home_assistant.token)

    assert ended.code == 3
    assert 'the account "Ann" uses it' in ended.stdout
    assert "its secret stays at !secret spotify: house still holds oauth_lab/home.lab" in (
        ended.stdout
    )
    assert len(home_assistant.items()) == 1
    assert "spotify: spotify-1" in (desk.folder / "secrets.yaml").read_text()


@pytest.mark.parametrize("version", [1, 2])
def test_takes_the_secret_out_of_vault(version: int, vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(version)
    engine = vault.client().secrets.kv.v1 if version == 1 else vault.client().secrets.kv.v2
    engine.create_or_update_secret("ha/spotify", {"s": "x"}, mount_point=mount)
    engine.create_or_update_secret("ha/shared", {"s": "y", "other": "z"}, mount_point=mount)
    desk.declare(
        f"  spotify: {{client_id: a, client_secret: 'vault://{mount}/ha/spotify#s'}}\n",
        f"  netatmo: {{client_id: b, client_secret: 'vault://{mount}/ha/shared#s'}}\n",
        "  twitch: {client_id: c, client_secret: !secret spotify}\n",
        head=f"vault: {{address: '{vault.address}'}}\n",
    )
    desk.run("sync", VAULT_TOKEN=vault.token)

    for name in ("spotify", "netatmo"):
        ended = desk.run("remove", name, "--sync", "--delete-secret", VAULT_TOKEN=vault.token)
        assert ended.code == 0, ended.printed
        assert f"deleted vault://{mount}/ha/" in ended.stdout

    assert list(desk.items()) == ["home.twitch"]
    listed = vault.client().adapter.get(
        f"/v1/{mount}/ha/shared" if version == 1 else f"/v1/{mount}/data/ha/shared"
    )
    left = listed["data"] if version == 1 else listed["data"]["data"]
    assert left == {"other": "z"}
    spotify = f"  spotify: {{client_id: a, client_secret: 'vault://{mount}/ha/spotify#s'}}\n"
    desk.declare(spotify, head=f"vault: {{address: '{vault.address}'}}\n")
    assert "ha/spotify" in desk.run("plan", VAULT_TOKEN=vault.token).printed
    assert desk.run("plan", VAULT_TOKEN=vault.token).code == 1


def test_a_version_that_another_credential_needs_is_not_deleted(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret("x", {"s": "v"}, mount_point=mount)
    desk.declare(
        f"  spotify: {{client_id: a, client_secret: 'vault://{mount}/x#s'}}\n",
        f"  netatmo: {{client_id: b, client_secret: 'vault://{mount}/x?version=1#s'}}\n",
        head=f"vault: {{address: '{vault.address}'}}\n",
    )
    desk.run("sync", VAULT_TOKEN=vault.token)

    ended = desk.run("remove", "spotify", "--sync", "--delete-secret", VAULT_TOKEN=vault.token)

    assert ended.code == 0
    assert f"its secret stays at vault://{mount}/x#s: netatmo needs it" in ended.stdout
    assert desk.run("plan", "--detailed-exitcode", VAULT_TOKEN=vault.token).code == 0


def test_the_token_that_opens_vault_is_not_deleted(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret("x", {"s": "v"}, mount_point=mount)
    login = "auth: {method: token, token: !secret vault}"
    desk.secrets(vault=vault.token)
    desk.declare(
        SPOTIFY.replace("!secret spotify", "!secret vault"),
        f"  netatmo: {{client_id: b, client_secret: 'vault://{mount}/x#s'}}\n",
        head=f"vault: {{address: '{vault.address}', {login}}}\n",
    )
    desk.run("sync")

    ended = desk.run("remove", "spotify", "--sync", "--delete-secret")

    assert "its secret stays at !secret vault: the login to Vault needs it" in ended.stdout
    assert desk.run("plan", "--detailed-exitcode").code == 0
