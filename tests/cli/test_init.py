from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli.first_manifest import check_folder, keep_out_of_git
from appcreds_sync.model.errors import AppcredsError
from tests.cli.command import PROGRAM, appcreds, run
from tests.cli.terminal import at_terminal

if TYPE_CHECKING:
    from tests.lab.home_assistant import HomeAssistant

TOKEN = "canary-of-a-long-lived-token"
ADDRESS = ("Address of Home Assistant", "http://127.0.0.1:1")
ASK_TOKEN = ("Long-lived access token", TOKEN)
OWNER = ("Owner", "family")


def test_asks_for_what_it_needs_and_writes_three_files(tmp_path: Path) -> None:
    answers = (ADDRESS, ASK_TOKEN, OWNER)

    code, screen = at_terminal("init", "--no-check", cwd=tmp_path, answers=answers)

    assert code == 0
    assert "owner: family" in (tmp_path / "appcreds.yaml").read_text()
    assert 'url: "http://127.0.0.1:1"' in (tmp_path / "appcreds.yaml").read_text()
    assert f'house_token: "{TOKEN}"' in (tmp_path / "secrets.yaml").read_text()
    assert (tmp_path / ".gitignore").read_text() == "secrets.yaml\n"
    assert "next: appcreds-sync add INTEGRATION, or declare credentials in appcreds.yaml" in screen


def test_the_token_is_not_echoed(tmp_path: Path) -> None:
    answers = (ADDRESS, ASK_TOKEN, OWNER)

    _, screen = at_terminal("init", "--no-check", cwd=tmp_path, answers=answers)

    assert ADDRESS[1] in screen  # or the terminal would have echoed nothing at all
    assert TOKEN not in screen


def test_only_the_owner_can_read_the_secrets(tmp_path: Path) -> None:
    appcreds("init", "--no-check", "--url", "http://a", "--token-stdin", cwd=tmp_path, stdin=TOKEN)

    assert stat.S_IMODE((tmp_path / "secrets.yaml").stat().st_mode) == 0o600


def test_control_c_at_a_question_writes_nothing(tmp_path: Path) -> None:
    answers = (ADDRESS, (ASK_TOKEN[0], "\x03"))

    code, screen = at_terminal("init", "--no-check", cwd=tmp_path, answers=answers)

    assert code == 130
    assert "interrupted" in screen
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("existing", ["appcreds.yaml", "secrets.yaml"])
def test_overwrites_nothing(existing: str, tmp_path: Path) -> None:
    (tmp_path / existing).write_text("mine\n")

    flags = ("--no-check", "--url", "http://a", "--token-stdin")
    ended = appcreds("init", *flags, cwd=tmp_path, stdin=TOKEN)

    assert ended.code == 1
    assert f"{existing} is there already; name another FOLDER" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_text() == "mine\n"


def test_adds_to_a_gitignore_that_is_there(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc\n")

    appcreds("init", "--no-check", "--directory", "ha", cwd=tmp_path)

    assert (tmp_path / ".gitignore").read_text() == "*.pyc\nsecrets.yaml\n"


@pytest.mark.parametrize("before", [b"*.pyc", b"*.pyc\r\n", b"caf\xe9\n"])
def test_what_a_gitignore_holds_stays_byte_by_byte(tmp_path: Path, before: bytes) -> None:
    (tmp_path / ".gitignore").write_bytes(before)

    assert keep_out_of_git(tmp_path)

    after = (tmp_path / ".gitignore").read_bytes()
    assert after.startswith(before)
    assert after.splitlines()[-1] == b"secrets.yaml"
    assert not keep_out_of_git(tmp_path)


def test_leaves_a_gitignore_that_has_the_line(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/secrets.yaml\n*.pyc")

    ended = appcreds("init", "--no-check", "--directory", "ha", cwd=tmp_path)

    assert ".gitignore" not in ended.stdout
    assert (tmp_path / ".gitignore").read_text() == "/secrets.yaml\n*.pyc"


def test_what_it_writes_is_a_valid_manifest(tmp_path: Path) -> None:
    flags = ("--no-check", "--url", "http://a:8123", "--token-stdin")
    appcreds("init", "new", *flags, cwd=tmp_path, stdin=TOKEN)

    ended = appcreds("validate", cwd=tmp_path / "new")

    assert (ended.code, ended.stdout) == (0, "appcreds.yaml: valid, 0 credentials for 1 store\n")


def test_a_directory_needs_no_token(tmp_path: Path) -> None:
    (tmp_path / "ha").mkdir()

    ended = appcreds("init", "--directory", "ha", cwd=tmp_path)

    assert ended.code == 0
    assert "the config directory can be read; it holds no credentials yet" in ended.stdout
    assert "token" not in (tmp_path / "appcreds.yaml").read_text()
    assert appcreds("plan", "--detailed-exitcode", cwd=tmp_path).code == 0


def test_two_kinds_of_store_contradict_each_other(tmp_path: Path) -> None:
    ended = appcreds("init", "--directory", "ha", "--url", "http://a", cwd=tmp_path)

    assert ended.code == 64
    assert list(tmp_path.iterdir()) == []


def test_an_owner_with_a_dot_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    ended = appcreds("init", "--no-check", "--directory", "ha", "--owner", "a.b", cwd=tmp_path)

    assert ended.code == 1
    assert "the owner may hold a-z, 0-9 and - only" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["homeassistant.local:8123", "http://me:canary@house"])
def test_an_address_that_no_manifest_may_have_is_refused_unchecked_too(
    tmp_path: Path, url: str
) -> None:
    flags = ("--no-check", "--url", url, "--token-stdin")
    ended = appcreds("init", *flags, cwd=tmp_path, stdin=TOKEN)

    assert ended.code == 1
    assert "error: store house: its `url` " in ended.stderr
    assert "canary" not in ended.printed
    assert list(tmp_path.iterdir()) == []


def test_home_assistant_is_not_asked_where_the_files_are_there_already(tmp_path: Path) -> None:
    (tmp_path / "appcreds.yaml").write_text("mine\n")

    flags = ("--url", "http://127.0.0.1:1", "--token-stdin")
    ended = appcreds("init", *flags, cwd=tmp_path, stdin=TOKEN)

    assert "is there already" in ended.stderr


def test_that_the_files_are_there_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "appcreds.yaml").write_text("mine\n")

    code, screen = at_terminal("init", cwd=tmp_path)

    assert code == 1
    assert "is there already" in screen
    assert ADDRESS[0] not in screen


def test_an_owner_that_is_none_is_asked_for_again(tmp_path: Path) -> None:
    answers = (ADDRESS, ASK_TOKEN, (OWNER[0], "My Home"), (OWNER[0], "my-home"))

    code, screen = at_terminal("init", "--no-check", cwd=tmp_path, answers=answers)

    assert code == 0
    assert "the owner may hold a-z, 0-9 and - only" in screen
    assert "owner: my-home" in (tmp_path / "appcreds.yaml").read_text()


def test_a_token_that_does_not_fit_ends_it_before_more_is_asked(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    answers = ((ADDRESS[0], home_assistant.url), (ASK_TOKEN[0], home_assistant.user_token))

    code, screen = at_terminal("init", cwd=tmp_path, answers=answers)

    assert code == 1
    assert "not an administrator" in screen
    assert OWNER[0] not in screen
    assert list(tmp_path.iterdir()) == []


def test_what_comes_next_names_a_manifest_that_no_command_would_find(tmp_path: Path) -> None:
    ended = appcreds("init", "my home", "--no-check", "--directory", "ha", cwd=tmp_path)

    assert "next: appcreds-sync add INTEGRATION --manifest 'my home/appcreds.yaml'" in ended.stdout


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ended = appcreds("init", "file/new", "--no-check", "--directory", "ha", cwd=tmp_path)

    assert ended.code == 1
    assert "can't be written" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO])
def test_a_folder_that_cannot_be_entered_is_named(
    error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(error, os.strerror(error), str(path))

    # Root, as which tests may run, enters every folder.
    monkeypatch.setattr(Path, "lstat", refuse)

    with pytest.raises(AppcredsError) as raised:
        check_folder(tmp_path)
    (problem,) = raised.value.problems
    assert problem.what == f"{tmp_path}/appcreds.yaml can't be looked for: {os.strerror(error)}"
    assert "name another FOLDER" in problem.hint


def test_a_folder_whose_name_is_too_long_is_named(tmp_path: Path) -> None:
    ended = appcreds("init", "f" * 300, "--no-check", "--directory", "ha", cwd=tmp_path)

    assert ended.code == 1
    assert ended.stderr.startswith(f"error: {'f' * 300}/appcreds.yaml can't be looked for: ")


def test_a_link_to_nowhere_is_there(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").symlink_to("nowhere")

    ended = appcreds("init", "--no-check", "--directory", "ha", cwd=tmp_path)

    assert (ended.code, "secrets.yaml is there already" in ended.stderr) == (1, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "there is no terminal to ask at; give --url, or --directory"),
        (("--url", "http://a"), "there is no terminal to ask at; give --token-stdin"),
        (("--url", "http://a", "--token-stdin"), "--token-stdin: there is nothing on stdin"),
    ],
)
def test_where_nobody_answers_it_says_what_to_give(
    given: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    ended = appcreds("init", "--no-check", *given, cwd=tmp_path, stdin="")

    assert ended.code == 64
    assert f"Error: {said}\n" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_half_a_file_does_not_stay_where_there_is_no_room(tmp_path: Path) -> None:
    command = f"ulimit -f 0; '{PROGRAM}' init --no-check --url http://a --token-stdin"

    ended = run(["/bin/sh", "-c", command], tmp_path, stdin=TOKEN)

    assert ended.code == 1
    assert ended.stderr == "error: . can't be written: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_looks_at_home_assistant_first(home_assistant: HomeAssistant, tmp_path: Path) -> None:
    home_assistant.create_item(domain="spotify", client_id="mine", client_secret="x")

    ended = appcreds(
        "init",
        "--url",
        home_assistant.url,
        "--token-stdin",
        cwd=tmp_path,
        stdin=f"{home_assistant.token}\n",
    )

    assert ended.code == 0
    found = f"Home Assistant {home_assistant.version} answers; its 1 credential stays as it is"
    assert found in ended.stdout
    assert appcreds("plan", "--detailed-exitcode", cwd=tmp_path).code == 0


def test_writes_nothing_where_the_token_is_not_an_administrators(
    home_assistant: HomeAssistant, tmp_path: Path
) -> None:
    ended = appcreds(
        "init",
        "--url",
        home_assistant.url,
        "--token-stdin",
        cwd=tmp_path,
        stdin=home_assistant.user_token,
    )

    assert ended.code == 1
    assert "not an administrator" in ended.stderr
    assert home_assistant.user_token not in ended.printed
    assert list(tmp_path.iterdir()) == []
