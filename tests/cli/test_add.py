from __future__ import annotations

import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import PROGRAM, Ended, appcreds
from tests.cli.conftest import NETATMO, SPOTIFY
from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao

SECRET = "canary-of-a-client-secret"
CLIENT_ID = ("Client id", "xbox-client")
CLIENT_SECRET = ("Client secret", SECRET)
WRITE = ("Write this to appcreds.yaml?", "y")
SYNC = ("Sync afterwards?", "y")
CTRL_C = "\x03"


def _add(desk: Desk, *arguments: str, stdin: str = SECRET, **variables: str) -> Ended:
    return appcreds(
        "add", *arguments, "--secret-stdin", cwd=desk.folder, env=variables, stdin=stdin
    )


def _files(desk: Desk) -> dict[str, bytes]:
    return {
        str(path.relative_to(desk.folder)): path.read_bytes()
        for path in desk.folder.rglob("*")
        if path.is_file()
    }


def test_asks_tells_where_to_register_writes_and_syncs(desk: Desk) -> None:
    answers = (CLIENT_ID, CLIENT_SECRET, WRITE, SYNC)

    code, screen = at_terminal("add", "xbox", cwd=desk.folder, answers=answers)

    assert code == 0
    before_questions, _, _ = screen.partition("Client id")
    assert "most often https://my.home-assistant.io/redirect/oauth" in before_questions
    assert "token URL" not in before_questions
    assert "runs out after 24 months" in before_questions
    assert "create     xbox/home.xbox" in screen
    assert "created    xbox/home.xbox" in screen
    assert desk.items()["home.xbox"] == SECRET


def test_the_secret_is_not_echoed(desk: Desk) -> None:
    answers = (CLIENT_ID, CLIENT_SECRET, WRITE, SYNC)

    _, screen = at_terminal("add", "xbox", cwd=desk.folder, answers=answers)

    assert CLIENT_ID[1] in screen  # or the terminal would have echoed nothing at all
    assert SECRET not in screen


@pytest.mark.parametrize("prompt", range(4))
def test_ctrl_c_at_any_prompt_leaves_nothing_behind(prompt: int, desk: Desk) -> None:
    before = _files(desk)
    answers = [CLIENT_ID, CLIENT_SECRET, WRITE, SYNC][: prompt + 1]
    answers[prompt] = (answers[prompt][0], CTRL_C)

    code, screen = at_terminal("add", "xbox", cwd=desk.folder, answers=answers)

    assert code == 130
    assert "interrupted" in screen
    assert _files(desk) == before


def test_a_no_leaves_nothing_behind(desk: Desk) -> None:
    before = _files(desk)
    no = (WRITE[0], "n")

    answers = (CLIENT_ID, CLIENT_SECRET, no)
    code, screen = at_terminal("add", "xbox", cwd=desk.folder, answers=answers)

    assert code == 1
    assert screen.rstrip().endswith("nothing was written")
    assert _files(desk) == before


def test_a_name_that_is_taken_is_asked_for_anew(desk: Desk) -> None:
    answers = (("Name of the new one", ""), CLIENT_ID, CLIENT_SECRET, WRITE, (SYNC[0], "n"))

    code, screen = at_terminal("add", "spotify", cwd=desk.folder, answers=answers)

    assert code == 0
    assert "there is a credential spotify at appcreds.yaml:5:3" in screen
    text = (desk.folder / "appcreds.yaml").read_text()
    assert text.endswith(
        "  spotify-2:\n"
        "    integration: spotify\n"
        "    client_id: xbox-client\n"
        "    client_secret: !secret spotify-2_client_secret\n"
    )


def test_a_script_is_asked_nothing(desk: Desk) -> None:
    ended = _add(desk, "xbox", "--client-id", "xbox-client", "--sync")

    assert ended.code == 0
    assert SECRET not in ended.printed
    assert desk.items()["home.xbox"] == SECRET
    assert "documentation" not in ended.stdout  # who gives everything has registered a client
    assert "appcreds-sync link" not in ended.stdout  # into a directory no account can be linked
    secrets = desk.folder / "secrets.yaml"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert secrets.read_text().endswith(f'xbox_client_secret: "{SECRET}"\n')


@pytest.mark.parametrize("left_out", ["--client-id", "--secret-stdin"])
def test_a_script_that_says_too_little_is_told_what(left_out: str, desk: Desk) -> None:
    arguments = {"--client-id": ["--client-id", "a"], "--secret-stdin": ["--secret-stdin"]}
    del arguments[left_out]

    ended = desk.run("add", "xbox", *(word for words in arguments.values() for word in words))

    assert ended.code == 64
    assert f"{left_out} is needed" in ended.stderr


def test_white_space_around_pasted_values_is_removed_and_said(desk: Desk) -> None:
    ended = _add(desk, "xbox", "--client-id", " xbox-client ", "--sync", stdin=f"\t{SECRET} \n")

    assert "white space around the client id was removed" in ended.stderr
    assert "white space around the client secret was removed" in ended.stderr
    assert desk.items()["home.xbox"] == SECRET


def test_a_line_end_is_no_white_space_to_speak_of(desk: Desk) -> None:
    ended = _add(desk, "xbox", "--client-id", "xbox-client", stdin=f"{SECRET}\n")

    assert (ended.code, ended.stderr) == (0, "")


@pytest.mark.parametrize("stdin", ["", "  \n", "bro\x07ken\n"])
def test_what_is_no_secret_is_refused_before_anything_is_written(stdin: str, desk: Desk) -> None:
    before = _files(desk)

    ended = _add(desk, "xbox", "--client-id", "xbox-client", stdin=stdin)

    assert ended.code == 1
    assert "the client secret" in ended.stderr
    assert _files(desk) == before


def test_comments_and_style_stay(desk: Desk) -> None:
    desk.declare(SPOTIFY, "  # mine\n", NETATMO, head="# above all\n")
    before = (desk.folder / "appcreds.yaml").read_text()

    _add(desk, "google", "google_mail", "--name", "family", "--client-id", "0123")

    after = (desk.folder / "appcreds.yaml").read_text()
    assert after == (
        f"{before}"
        "  family:\n"
        "    integrations: [google, google_mail]\n"
        '    client_id: "0123"\n'
        "    client_secret: !secret family_client_secret\n"
    )


def test_where_no_secret_is_needed_none_is_asked_for(desk: Desk) -> None:
    ended = desk.run("add", "vicare", "--client-id", "a", "--sync")

    assert ended.code == 0
    assert desk.items()["home.vicare"] == ""


def test_an_integration_that_nobody_knows_is_refused(desk: Desk) -> None:
    before = _files(desk)

    ended = _add(desk, "spotfy", "--client-id", "a")

    assert ended.code == 1
    assert "did you mean spotify?" in ended.stderr
    assert _files(desk) == before


def test_a_name_that_is_taken_ends_a_script(desk: Desk) -> None:
    ended = _add(desk, "spotify", "--client-id", "a")

    assert ended.code == 64
    assert "appcreds.yaml:5:3: there is a credential spotify already" in ended.stderr


def test_a_value_in_secrets_yaml_is_never_replaced(desk: Desk) -> None:
    desk.secrets(spotify="s", netatmo="n", xbox_client_secret="another")
    before = _files(desk)

    ended = _add(desk, "xbox", "--client-id", "a")

    assert ended.code == 1
    assert "holds another value there, which is not overwritten" in ended.stderr
    assert _files(desk) == before


def test_a_path_of_each_store_gets_the_secret(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    desk.declare(
        stores="ha: {directory: ha}, cabin: {directory: ha2}",
        head=f"vault: {{address: '{vault.address}'}}\n",
    )
    (desk.folder / "ha2").mkdir()

    ended = _add(
        desk,
        "xbox",
        *("--client-id", "a", "--vault-path", f"{mount}/{{store}}/{{credential}}", "--sync"),
        VAULT_TOKEN=vault.token,
    )

    assert ended.code == 0
    assert f'client_secret: "vault://{mount}/{{store}}/xbox#client_secret"' in ended.stdout
    assert f"vault://{mount}/cabin/xbox#client_secret" in ended.stdout
    assert desk.items()["home.xbox"] == SECRET


def test_a_client_that_is_declared_already_is_refused(desk: Desk) -> None:
    before = _files(desk)

    ended = _add(desk, "spotify", "--name", "again", "--client-id", "spotify-client")

    assert ended.code == 64
    assert "appcreds.yaml:5:3: spotify declares this client for spotify already" in ended.stderr
    assert _files(desk) == before


def test_the_same_client_serves_another_integration_or_another_store(desk: Desk) -> None:
    desk.declare(
        SPOTIFY,
        NETATMO.rstrip() + "\n    stores: [ha]\n",
        stores="ha: {directory: ha}, b: {directory: b}",
    )
    (desk.folder / "b").mkdir()

    other = _add(desk, "xbox", "--client-id", "spotify-client")
    elsewhere = _add(
        desk, "netatmo", "--name", "n2", "--client-id", "netatmo-client", "--store", "b"
    )

    assert (other.code, elsewhere.code) == (0, 0)


def test_a_secret_that_was_brought_along_is_kept_though_none_is_needed(desk: Desk) -> None:
    ended = _add(desk, "vicare", "--client-id", "a", "--sync")

    assert ended.code == 0
    assert desk.items()["home.vicare"] == SECRET


def test_a_manifest_that_takes_no_entry_is_found_before_anything_is_asked(desk: Desk) -> None:
    (desk.folder / "appcreds.yaml").write_bytes(
        b"version: 1\rowner: home\rstores: {ha: {directory: ha}}\rcredentials: {}\r"
    )

    code, screen = at_terminal("add", "xbox", cwd=desk.folder)

    assert code == 1
    assert CLIENT_ID[0] not in screen


def test_a_secret_that_is_there_already_is_left_as_it_is(desk: Desk) -> None:
    desk.secrets(spotify="s", netatmo="n", xbox_client_secret=SECRET)
    before = (desk.folder / "secrets.yaml").read_bytes()

    ended = _add(desk, "xbox", "--client-id", "a")

    assert ended.code == 0
    assert "the secret was there already" in ended.stdout
    assert (desk.folder / "secrets.yaml").read_bytes() == before


def test_a_byte_order_mark_is_no_part_of_a_secret(desk: Desk) -> None:
    _add(desk, "xbox", "--client-id", "a", "--sync", stdin=f"\ufeff{SECRET}\n")

    assert desk.items()["home.xbox"] == SECRET


@pytest.mark.parametrize("name", ["My Spotify", "a.b", "n\udcff", ""])
def test_what_is_no_name_is_refused_before_anything_is_asked(name: str, desk: Desk) -> None:
    before = _files(desk)

    ended = _add(desk, "xbox", "--client-id", "a", "--name", name)

    assert ended.code == 64
    assert "give another --name" in ended.stderr
    assert _files(desk) == before


def test_what_comes_next_names_the_manifest_that_was_named(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    desk.declare(
        stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}", name="my homes.yaml"
    )

    ended = _add(
        desk,
        "oauth_lab",
        *("--manifest", "my homes.yaml", "--client-id", "a"),
        TOKEN=home_assistant.token,
    )

    assert ended.stdout.splitlines()[-1] == (
        "next: appcreds-sync sync 'my homes.yaml', "
        "then appcreds-sync link oauth_lab --manifest 'my homes.yaml'"
    )


def test_nobody_who_reads_on_is_no_reason_to_stop_half_way(desk: Desk) -> None:
    desk.declare(SPOTIFY)
    flags = ("--client-id", "a", "--secret-stdin", "--sync")
    with subprocess.Popen(  # noqa: S603 -- our own command
        [str(PROGRAM), "add", "netatmo", *flags],
        cwd=desk.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("typed\n")
        running.stdin.close()
        while "wrote the secret" not in running.stdout.readline():
            assert running.poll() is None
        running.stdout.close()

    assert running.returncode == 0
    assert "netatmo:" in (desk.folder / "appcreds.yaml").read_text()
    assert desk.items() == {"home.netatmo": "typed", "home.spotify": "spotify-1"}


def test_a_sync_that_fails_leaves_the_declaration_and_says_so(desk: Desk) -> None:
    (desk.folder / "ha" / ".HA_VERSION").write_text("2025.4.4")
    (desk.folder / "ha" / ".storage").mkdir()

    ended = _add(desk, "xbox", "--client-id", "a", "--sync")

    assert ended.code == 1
    assert "xbox stays declared in appcreds.yaml" in ended.stdout


def test_keeps_the_secret_in_vault_and_the_next_one_beside_it(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    desk.declare(head=f"vault: {{address: '{vault.address}'}}\n")
    first = _add(
        desk,
        "xbox",
        *("--client-id", "a", "--vault-path", f"{mount}/ha/{{credential}}"),
        VAULT_TOKEN=vault.token,
    )
    second = _add(desk, "twitch", "--client-id", "b", "--sync", VAULT_TOKEN=vault.token)

    assert (first.code, second.code) == (0, 0)
    assert f"wrote the secret to vault://{mount}/ha/twitch#client_secret" in second.stdout
    assert desk.items() == {"home.twitch": SECRET, "home.xbox": SECRET}
    kept = vault.client().secrets.kv.v2.read_secret_version(
        "ha/twitch", mount_point=mount, raise_on_deleted_version=True
    )
    assert kept["data"]["data"] == {"client_secret": SECRET}
    assert SECRET not in first.printed + second.printed


def test_in_vault_too_nothing_is_overwritten(vault: OpenBao, desk: Desk) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret(
        "ha/xbox", {"client_secret": "another"}, mount_point=mount
    )
    desk.declare(head=f"vault: {{address: '{vault.address}'}}\n")
    before = _files(desk)

    ended = _add(
        desk,
        "xbox",
        *("--client-id", "a", "--vault-path", f"{mount}/ha/{{credential}}"),
        VAULT_TOKEN=vault.token,
    )

    assert ended.code == 1
    assert SECRET not in ended.printed
    assert _files(desk) == before


@pytest.mark.parametrize(
    "flags",
    [
        ("--to", "vault"),
        ("--to", "secrets-yaml", "--vault-path", "kv/ha/{credential}"),
        ("--vault-path", "kv/ha/{name}"),
        ("--vault-path", "kv/ha/xbox?version=2"),
        ("--vault-path", "only-a-mount"),
        ("--expires", "soon"),
        ("--store", "nowhere"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(flags: tuple[str, ...], desk: Desk) -> None:
    before = _files(desk)

    assert _add(desk, "xbox", "--client-id", "a", *flags).code == 64
    assert _files(desk) == before


def test_a_home_assistant_says_what_it_supports(home_assistant: HomeAssistant, desk: Desk) -> None:
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")

    refused = _add(desk, "willow", "--client-id", "a", TOKEN=home_assistant.token)
    added = _add(desk, "oauth_lab", "--client-id", "a", "--sync", TOKEN=home_assistant.token)

    assert refused.code == 1
    assert "house: no integration willow there" in refused.stderr
    assert added.code == 0
    (item,) = home_assistant.items()
    assert (item["auth_domain"], item["client_secret"]) == ("home.oauth_lab", SECRET)


def test_a_home_assistant_says_which_redirect_uri(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")

    _, screen = at_terminal(
        "add",
        "oauth_lab",
        cwd=desk.folder,
        answers=((CLIENT_ID[0], CTRL_C),),
        env={"TOKEN": home_assistant.token},
    )

    assert f"redirect URI   {home_assistant.redirect_uri}" in screen


def test_first_contact_is_shown_before_anything_is_written(
    home_assistant: HomeAssistant, desk: Desk
) -> None:
    desk.declare(stores=f"house: {{url: '{home_assistant.url}', token: 'env://TOKEN'}}")
    item = home_assistant.create_item(domain="oauth_lab", client_id="a", client_secret="x")
    home_assistant.add_entry(domain="oauth_lab", auth_implementation=item["id"], title="Ann")

    ended = _add(desk, "oauth_lab", "--client-id", "a", TOKEN=home_assistant.token)

    assert "blocked: create" in ended.stdout
    assert f"auth_domain: {{oauth_lab: {item['id']}}}" in ended.stdout
