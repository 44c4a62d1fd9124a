"""What bad input gets: a clear error, exit 1, no traceback, no secret, an untouched store."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from appcreds_sync.stores.home_assistant.connection import MAX_SIZE
from tests.cli.command import Ended, appcreds
from tests.contract.directory_world import DirectoryWorld
from tests.contract.reading import declared, lab
from tests.stores.home_assistant.fake import after_login, command, serving, success

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from tests.contract.live_world import LiveWorld

CANARY: Final = "canary-of-bad-input"
HEAD: Final = "version: 1\nowner: home\n"
STORE: Final = "stores: {house: {directory: ./config}}\n"
GOOD: Final = "credentials: {lab: {client_id: client, client_secret: !secret lab}}\n"


@pytest.fixture
def house(tmp_path: Path) -> DirectoryWorld:
    """A store that holds one item of ours, which no bad manifest declares."""
    world = DirectoryWorld(tmp_path)
    world.put_item("home.precious")
    (tmp_path / "secrets.yaml").write_text(f"lab: {CANARY}\ntoken: {CANARY}\n", encoding="utf-8")
    return world


def refused(house: DirectoryWorld, *arguments: str, code: int = 1) -> str:
    """Run `sync`, which must refuse; return what it says."""
    before = house.items()
    ended = appcreds("sync", *arguments, cwd=house.folder)
    check(ended, code)
    assert house.items() == before
    return ended.stderr


def check(ended: Ended, code: int = 1) -> None:
    """Hold what every refusal has to hold."""
    assert ended.code == code, ended.printed
    assert "Traceback" not in ended.printed
    assert "internal error" not in ended.printed
    assert "canary" not in ended.printed


LAUGHS: Final = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


class TestManifest:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            pytest.param("", "empty", id="empty"),
            pytest.param("# only a comment\n", "empty", id="comment"),
            pytest.param("- version: 1\n- owner: home\n", "mapping", id="list"),
            pytest.param(HEAD + "stores:\n\thouse: {directory: ./config}\n", "tab", id="tab"),
            pytest.param(HEAD + STORE + "owner: cabin\n" + GOOD, "owner", id="duplicate"),
            pytest.param(HEAD + STORE + LAUGHS + GOOD, "alias", id="alias-bomb"),
            pytest.param(HEAD + "stores: " + "[" * 5000, "deep", id="deep"),
            pytest.param(HEAD + STORE + GOOD + "#\0\n", "control|NUL|null", id="nul"),
            pytest.param(HEAD + "stores: {house: {directory: ./config}\n", "", id="unclosed"),
            pytest.param(HEAD + STORE + "credentails: {}\n", "did you mean", id="misspelt"),
            pytest.param(STORE + GOOD, "version", id="no-version"),
            pytest.param(HEAD.replace("1", "2") + STORE + GOOD, "version", id="newer-version"),
            pytest.param(
                HEAD + STORE + f"credentials: {{lab: {{client_id: c, client_secret: {CANARY}}}}}\n",
                "reference|vault://|env://",
                id="literal-secret",
            ),
            pytest.param(
                HEAD + f"stores: {{house: {{url: 'http://127.0.0.1:9', token: {CANARY}}}}}\n",
                "reference|vault://|env://",
                id="literal-token",
            ),
            pytest.param(
                HEAD
                + f"stores: {{a: {{url: 'http://ann:{CANARY}@127.0.0.1', token: !secret lab}}}}\n",
                "password|user",
                id="password-in-url",
            ),
            pytest.param(
                HEAD
                + STORE
                + declared(
                    lab("one", more="auth_domain: the_key"), lab("two", more="auth_domain: the_key")
                ),
                "one.*two|two.*one",
                id="one-identity-twice",
            ),
            pytest.param(
                HEAD
                + STORE
                + declared(lab("one", integration="withings"), lab("two", integration="withings")),
                "one.*two|two.*one",
                id="single-implementation-twice",
            ),
            pytest.param(
                HEAD
                + "stores: {house: {directory: ./config}, cabin: {directory: config/}}\n"
                + GOOD,
                "house.*cabin|cabin.*house",
                id="one-directory-twice",
            ),
            pytest.param(
                HEAD
                + "stores: {house: {url: 'http://localhost:8123', token: !secret lab}, "
                + "cabin: {url: 'http://LocalHost:8123/', token: !secret lab}}\n"
                + GOOD,
                "house.*cabin|cabin.*house",
                id="one-address-twice",
            ),
            pytest.param(
                HEAD
                + STORE
                + "credentials: {lab: {client_id: c, client_secret: 'vault://kv/../sys/raw#k'}}\n",
                r"\.\.",
                id="vault-path-upwards",
            ),
            pytest.param(
                HEAD
                + STORE
                + "credentials: {lab: {client_id: c, client_secret: 'vault://kv/%2e%2e/x#k'}}\n",
                r"\.\.",
                id="vault-path-upwards-encoded",
            ),
            pytest.param(
                HEAD + STORE + "credentials: {lab: {client_id: '', client_secret: !secret lab}}\n",
                "client id of `lab` is empty",
                id="empty-client-id",
            ),
            pytest.param(
                HEAD + STORE + "credentials: {lab: {client_id: c, client_secret: !env_var LAB}}\n",
                "env://",
                id="env-var-tag",
            ),
        ],
    )
    def test_it_is_refused_with_a_place_and_a_reason(
        self, house: DirectoryWorld, text: str, says: str
    ) -> None:
        (house.folder / "appcreds.yaml").write_text(text, encoding="utf-8")
        said = refused(house)
        assert re.search(r"appcreds\.yaml(:\d+:\d+)?: ", said)
        assert re.search(says, said, re.DOTALL | re.IGNORECASE)

    def test_a_hundred_megabytes(self, house: DirectoryWorld) -> None:
        with (house.folder / "appcreds.yaml").open("wb") as file:
            file.write((HEAD + STORE + GOOD).encode())
            file.truncate(100 * 2**20)
        assert "MiB" in refused(house)

    def test_bytes_that_are_no_text(self, house: DirectoryWorld) -> None:
        (house.folder / "appcreds.yaml").write_bytes(HEAD.encode() + b"# caf\xe9\n")
        assert "UTF-8" in refused(house)

    def test_all_that_is_wrong_is_said_in_one_go(self, house: DirectoryWorld) -> None:
        text = HEAD + STORE + "credentials:\n  a: {client_secret: plain}\n  b: {client_id: ''}\n"
        (house.folder / "appcreds.yaml").write_text(text + "polcy: {}\n", encoding="utf-8")
        said = refused(house)
        assert {"5", "6", "7"} <= set(re.findall(r"appcreds\.yaml:(\d+):", said))

    def test_none_at_all(self, house: DirectoryWorld) -> None:
        assert "appcreds.yaml" in refused(house)
        assert "elsewhere.yaml" in refused(house, "elsewhere.yaml")


class TestStore:
    def test_a_directory_that_is_not_there(self, house: DirectoryWorld) -> None:
        (house.folder / "appcreds.yaml").write_text(
            HEAD + "stores: {house: {directory: ./nowhere}}\n" + GOOD, encoding="utf-8"
        )
        check(ended := appcreds("sync", cwd=house.folder))
        assert "nowhere" in ended.printed
        assert not (house.folder / "nowhere").exists()

    def test_a_directory_of_home_assistant_s_without_storage(self, house: DirectoryWorld) -> None:
        (house.folder / "bare").mkdir()
        (house.folder / "bare" / ".HA_VERSION").write_text("2026.11.0")
        (house.folder / "appcreds.yaml").write_text(
            HEAD + "stores: {house: {directory: ./bare}}\n" + GOOD, encoding="utf-8"
        )
        check(ended := appcreds("sync", cwd=house.folder))
        assert ".storage" in ended.printed
        assert [path.name for path in (house.folder / "bare").iterdir()] == [".HA_VERSION"]

    @pytest.mark.parametrize(
        "content",
        [
            "{not json",
            "",
            "[]",
            '{"version": 2, "key": "application_credentials", "data": {"items": []}}',
            '{"version": 1, "minor_version": 1, "key": "application_credentials", "data": {}}',
            '{"version": 1, "key": "application_credentials", "data": {"items": [{"id": 1}]}}',
        ],
        ids=["no-json", "empty", "list", "newer", "no-items", "bad-item"],
    )
    def test_a_broken_storage_file_stays_as_it_is(
        self, house: DirectoryWorld, content: str
    ) -> None:
        storage = house.folder / "config" / ".storage" / "application_credentials"
        storage.write_text(content, encoding="utf-8")
        (house.folder / "appcreds.yaml").write_text(HEAD + STORE + GOOD, encoding="utf-8")
        check(ended := appcreds("sync", cwd=house.folder))
        assert "application_credentials" in ended.printed
        assert storage.read_text(encoding="utf-8") == content

    def test_a_token_with_a_line_break(self, house: DirectoryWorld) -> None:
        (house.folder / "secrets.yaml").write_text(f'lab: x\ntoken: "{CANARY}\\nmore"\n')
        store = "stores: {house: {url: 'http://127.0.0.1:9', token: !secret token}}\n"
        (house.folder / "appcreds.yaml").write_text(HEAD + store + GOOD, encoding="utf-8")
        check(ended := appcreds("sync", cwd=house.folder))
        assert re.search("line break|control", ended.printed)

    def test_an_integration_that_home_assistant_does_not_know(self, live: LiveWorld) -> None:
        live.put_item("home.precious")
        before = live.items()
        live.write_manifest(
            declared(lab("precious"), lab(integration="spotfy", client_id="another"))
        )
        ended = appcreds("sync", cwd=live.folder)
        check(ended, 3)
        assert "did you mean spotify?" in " ".join(ended.printed.split())
        assert live.items() == before


class TestAnswers:
    """A Home Assistant, or what stands in its place, that answers as none should."""

    async def sync(
        self, folder: Path, script: Callable[[ServerConnection], Awaitable[None]]
    ) -> Ended:
        async with serving(after_login(script)) as url:
            (folder / "secrets.yaml").write_text(f"lab: {CANARY}\ntoken: {CANARY}-token\n")
            (folder / "secrets.yaml").chmod(0o600)
            (folder / "appcreds.yaml").write_text(
                f"{HEAD}stores: {{house: {{url: '{url}', token: !secret token, timeout: 1s}}}}\n"
                + declared(lab(secret="lab"), lab("more", client_id="more", secret="lab")),
                encoding="utf-8",
            )
            return await asyncio.to_thread(appcreds, "sync", cwd=folder)

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda number: f"{CANARY} {number}", id="no-json"),
            pytest.param(lambda number: success(number + 1000, [CANARY]), id="another-id"),
            pytest.param(lambda _: success(0, [CANARY]), id="id-zero"),
            pytest.param(lambda number: success(number, {"items": CANARY}), id="another-shape"),
            pytest.param(lambda number: success(number, [{"id": CANARY}]), id="half-an-item"),
            pytest.param(lambda number: success(number, "x" * (MAX_SIZE + 1)), id="too-long"),
            pytest.param(lambda _: "[" * 200_000, id="too-deep"),
            pytest.param(lambda _: f'{{"id": "{CANARY}"}}', id="id-of-text"),
            pytest.param(lambda _: CANARY.encode(), id="bytes"),
            pytest.param(None, id="silence"),
        ],
    )
    async def test_to_list_nothing_is_changed(
        self, tmp_path: Path, answer: Callable[[int], str | bytes] | None
    ) -> None:
        asked: list[str] = []

        async def script(socket: ServerConnection) -> None:
            await talk(socket, asked, "application_credentials/list", answer)

        check(ended := await self.sync(tmp_path, script))
        assert "house" in ended.printed
        assert "application_credentials/create" not in asked

    async def test_the_connection_breaks_before_anything_is_changed(self, tmp_path: Path) -> None:
        async def script(socket: ServerConnection) -> None:
            await command(socket)
            socket.transport.abort()

        check(ended := await self.sync(tmp_path, script))
        assert "house" in ended.printed

    async def test_the_connection_breaks_in_the_middle_of_the_changes(self, tmp_path: Path) -> None:
        asked: list[str] = []

        async def script(socket: ServerConnection) -> None:
            await talk(socket, asked, "application_credentials/create", None, then_break=True)

        check(ended := await self.sync(tmp_path, script))
        assert asked.count("application_credentials/create") == 1  # never sent again unasked
        assert "failed" in ended.printed


FAKE_ANSWERS: Final[dict[str, Any]] = {
    "auth/current_user": {"is_admin": True},
    "application_credentials/list": [],
    "application_credentials/config": {"domains": ["oauth_lab"]},
    "config_entries/get": [],
}


async def talk(
    socket: ServerConnection,
    asked: list[str],
    kind: str,
    answer: Callable[[int], str | bytes] | None,
    *,
    then_break: bool = False,
) -> None:
    """Answer as Home Assistant does, but give `answer` to commands of `kind`."""
    async for frame in socket:
        sent = json.loads(frame)
        asked.append(sent["type"])
        if sent["type"] == kind:
            if then_break:
                socket.transport.abort()
                return
            if answer is not None:
                await socket.send(answer(sent["id"]))
        else:
            await socket.send(success(sent["id"], FAKE_ANSWERS.get(sent["type"])))
