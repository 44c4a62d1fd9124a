"""Planted secrets are looked for in all that a command prints or writes, and found nowhere.

Every secret here holds `kanarie`, which no test's name or path does; and it holds characters that
JSON, Python and URLs spell in other ways, so that an echo in any spelling is found.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pytest

from tests.cli.command import Ended, appcreds, run
from tests.stores.home_assistant.fake import after_login, failure, serving, success

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.openbao import OpenBao, SealedOpenBao

PLANTED: Final = "kanarie"
LEVELS: Final = ("debug", "info", "warning", "error")
FORMATS: Final = ("text", "json", "markdown")


def planted(name: str) -> str:
    """Return a secret that no encoding leaves as it is."""
    return f'{PLANTED}-{name}-"é&%/+\\'


@dataclass(frozen=True, slots=True)
class Cage:
    """A folder in which commands run, and the secrets that none of them may let out."""

    folder: Path
    watched: tuple[str, ...] = ()
    """Secrets that the servers made, so that they don't hold `kanarie`."""
    home: tuple[str, ...] = ("secrets.yaml", "ha/.storage/application_credentials")
    """Where secrets belong."""

    def run(self, *arguments: str | Path, stdin: str = "", **variables: str) -> Ended:
        """Run the command with all that it can log; fail if a secret is seen outside its home."""
        ended = appcreds(
            "--log-level", "debug", *arguments, cwd=self.folder, env=variables, stdin=stdin
        )
        self.check(ended)
        return ended

    def check(self, ended: Ended) -> None:
        """Fail if a secret stands in what was printed, or in a file other than its home."""
        assert self._seen(ended.stdout) == []
        assert self._seen(ended.stderr) == []
        written = {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and self._seen(path.read_text("utf-8", errors="replace"))
        }
        assert written - set(self.home) == set()

    def _seen(self, text: str) -> list[str]:
        secrets = (PLANTED, *self.watched)
        return [line for line in text.splitlines() if any(secret in line for secret in secrets)]

    def declare(self, store: str, *, reference: str = "!secret planted") -> None:
        """Write a manifest with one credential in store `house`."""
        text = (
            f"version: 1\nowner: home\nstores: {{house: {{{store}}}}}\n"
            f"credentials: {{spotify: {{client_id: c, client_secret: {reference}}}}}\n"
        )
        (self.folder / "appcreds.yaml").write_text(text, "utf-8")

    def secrets(self, **values: str) -> None:
        """Write `secrets.yaml`."""
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in values.items())
        (self.folder / "secrets.yaml").touch(mode=0o600)
        (self.folder / "secrets.yaml").write_text("".join(lines), "utf-8")


def every_command(cage: Cage, **variables: str) -> list[Ended]:
    """Run every command in every format, first those that only look."""
    looks: list[tuple[str, ...]] = [("plan", "--format", name) for name in FORMATS]
    looks += [("validate",), ("validate", "--format", "json"), ("plan", "--no-secrets")]
    looks += [("plan", "--offline", "--base", "appcreds.yaml"), ("plan", "--out", "plan.json")]
    syncs = [("sync", "--format", name) for name in FORMATS]
    return [cage.run(*arguments, **variables) for arguments in (*looks, *syncs)]


@pytest.fixture
def cage(tmp_path: Path) -> Cage:
    """A directory store, with its secret in `secrets.yaml`."""
    (tmp_path / "ha").mkdir()
    made = Cage(tmp_path)
    made.declare("directory: ha")
    made.secrets(planted=planted("client-secret"))
    return made


def test_the_check_itself_finds_a_secret(cage: Cage) -> None:
    with pytest.raises(AssertionError):
        cage.check(Ended(0, f"it is {planted('x')}", ""))
    (cage.folder / "plan.json").write_text(planted("x"))
    with pytest.raises(AssertionError):
        cage.check(Ended(0, "", ""))


class TestDirectory:
    def test_every_command_in_every_format(self, cage: Cage) -> None:
        ended = every_command(cage)

        assert {each.code for each in ended} == {0}
        items = json.loads((cage.folder / cage.home[1]).read_text("utf-8"))["data"]["items"]
        assert [item["client_secret"] for item in items] == [planted("client-secret")]

    @pytest.mark.parametrize("level", LEVELS)
    def test_at_every_level(self, cage: Cage, level: str) -> None:
        for command in ("plan", "sync"):
            cage.check(appcreds("--log-level", level, command, cwd=cage.folder))

    def test_a_changed_secret(self, cage: Cage) -> None:
        cage.run("sync")
        cage.secrets(planted=planted("another"))

        assert [each.code for each in every_command(cage)] == [0] * 11

    def test_import(self, cage: Cage) -> None:
        cage.run("sync")
        new = replace(cage, home=(*cage.home, "new/secrets.yaml"))
        new.run("init", "new", "--directory", "ha", "--owner", "other")
        command = ("import", "new/appcreds.yaml", "--store", "house", "--format")

        for name in FORMATS:
            assert new.run(*command, name, "--dry-run").code == 0
        assert [new.run(*command, name).code for name in FORMATS] == [0, 0, 0]

        values = (cage.folder / "new" / "secrets.yaml").read_text("utf-8")
        assert f"{PLANTED}-client-secret" in values

    def test_what_a_person_asks_and_does(self, cage: Cage) -> None:
        cage.run("sync")
        cage.secrets(planted=planted("another"))
        looks: list[tuple[str, ...]] = [("list", "--format", name) for name in FORMATS]
        looks += [("doctor", "--format", name) for name in ("text", "json")]
        looks.append(("integrations",))

        assert [cage.run(*look).code for look in looks] == [0] * len(looks)
        # No account is ever linked in a directory.
        assert [cage.run("link", *rest).code for rest in ((), ("--format", "json"))] == [64, 64]
        new = ("--client-id", "a", "--secret-stdin", "--sync")
        assert cage.run("add", "xbox", *new, stdin=planted("new")).code == 0
        assert cage.run("remove", "xbox", "--sync", "--delete-secret").code == 0

    def test_a_broken_storage_file(self, cage: Cage) -> None:
        cage.run("sync")
        storage = cage.folder / cage.home[1]
        storage.write_text(storage.read_text("utf-8").replace('"items"', '"items'), "utf-8")

        assert {each.code for each in every_command(cage)} == {0, 1}

    @pytest.mark.parametrize(
        "text",
        [
            f"planted: [{PLANTED}]\n",
            f"planted: {{a: {PLANTED}}}\n",
            f"planted: '{PLANTED}\n",
            f"planted: {PLANTED}\n\t{PLANTED}\n",
            f"planted: {PLANTED}\nplanted: {PLANTED}\n",
            f"planted: !tag {PLANTED}\n",
            f"{PLANTED}\n",
        ],
    )
    def test_a_broken_secrets_file(self, cage: Cage, text: str) -> None:
        (cage.folder / "secrets.yaml").write_text(text)

        assert cage.run("sync").code == 1


BROKEN_MANIFESTS: Final = {
    "a literal client secret": "credentials: {spotify: {client_id: c, client_secret: KEY}}",
    "one in quotes": "credentials: {spotify: {client_id: c, client_secret: 'KEY'}}",
    "one in a block": "credentials:\n  spotify:\n    client_id: c\n    client_secret: |\n      KEY",
    "a list of them": "credentials: {spotify: {client_id: c, client_secret: [KEY]}}",
    "a mapping": "credentials: {spotify: {client_id: c, client_secret: {a: KEY}}}",
    "a wrong scheme": "credentials: {spotify: {client_id: c, client_secret: 'volt://KEY'}}",
    "a wrong reference": "credentials: {spotify: {client_id: c, client_secret: 'vault:KEY'}}",
    "no key": "credentials: {spotify: {client_id: c, client_secret: 'vault://kv/KEY'}}",
    "a misspelt field": "credentials: {spotify: {client_id: c, clientsecret: KEY}}",
    "a wrong tag": "credentials: {spotify: {client_id: c, client_secret: !vault KEY}}",
    "a literal token": "stores: {b: {url: 'http://b', token: KEY}}",
    "a token as default": "store_defaults: {token: KEY}",
    "a password in the URL": "stores: {b: {url: 'http://me:KEY@b', token: env://T}}",
    "a token in the URL": "stores: {b: {url: 'http://b/?token=KEY', token: env://T}}",
    "a login to Vault": "vault: {auth: {method: userpass, username: u, password: KEY}}",
    "Vault's token": "vault: {auth: {method: token, token: KEY}}",
    "Vault's address": "vault: {address: 'http://me:KEY@v'}",
    "broken YAML": "credentials: {spotify: {client_id: c, client_secret: 'KEY",
    "a tab": "credentials:\n\tspotify: {client_secret: KEY}",
    "twice the same": "credentials: {s: {client_secret: KEY, client_secret: KEY}}",
}


@pytest.mark.parametrize("body", BROKEN_MANIFESTS.values(), ids=BROKEN_MANIFESTS)
@pytest.mark.parametrize("command", [("validate",), ("validate", "--format", "json"), ("sync",)])
def test_a_broken_manifest_is_refused_without_an_echo(
    body: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    cage = Cage(tmp_path, home=("appcreds.yaml",))
    top = "version: 1\nowner: home\n"
    rest = "" if body.startswith("stores:") else "stores: {ha: {directory: ha}}\n"
    text = f"{top}{rest}{body}\n".replace("KEY", f"{PLANTED}0123456789")
    (tmp_path / "appcreds.yaml").write_text(text, "utf-8")

    assert cage.run(*command).code == 1


class TestLive:
    @pytest.fixture
    def live(
        self, tmp_path: Path, home_assistant: HomeAssistant, vault: OpenBao
    ) -> tuple[Cage, dict[str, str]]:
        """A real Home Assistant, all secrets in a real OpenBao; the cage and its environment."""
        watched = (home_assistant.token, home_assistant.user_token, vault.token)
        made = Cage(tmp_path, watched=watched)
        mount = vault.mount_kv(2)
        write = vault.client().secrets.kv.v2.create_or_update_secret
        write(
            "ha", {"secret": planted("in-vault"), "token": home_assistant.token}, mount_point=mount
        )
        store = f"url: '{home_assistant.url}', token: 'vault://{mount}/ha#token'"
        made.declare(store, reference=f"vault://{mount}/ha#secret")
        return made, {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}

    def test_every_command_in_every_format(
        self, live: tuple[Cage, dict[str, str]], home_assistant: HomeAssistant
    ) -> None:
        cage, env = live

        ended = every_command(cage, **env)

        assert {each.code for each in ended} == {0}
        secrets = [item["client_secret"] for item in home_assistant.items()]
        assert secrets == [planted("in-vault")]

    def test_a_token_that_home_assistant_refuses(
        self, tmp_path: Path, home_assistant: HomeAssistant
    ) -> None:
        cage = Cage(tmp_path)
        cage.declare(f"url: '{home_assistant.url}', token: !secret token")
        cage.secrets(planted=planted("s"), token=f"{PLANTED}-token")

        assert cage.run("sync").code == 1
        flags = ("--url", home_assistant.url, "--token-stdin")
        assert cage.run("init", "new", *flags, stdin=f"{PLANTED}-token").code == 1

    def test_a_token_of_an_ordinary_user(
        self, tmp_path: Path, home_assistant: HomeAssistant
    ) -> None:
        cage = Cage(tmp_path, watched=(home_assistant.user_token,))
        cage.declare(f"url: '{home_assistant.url}', token: !secret token")
        cage.secrets(planted=planted("s"), token=home_assistant.user_token)

        assert cage.run("sync").code == 1

    def test_init(self, tmp_path: Path, home_assistant: HomeAssistant) -> None:
        cage = Cage(tmp_path, watched=(home_assistant.token,))
        home_assistant.create_item(domain="spotify", client_id="c", client_secret=planted("old"))

        flags = ("--url", home_assistant.url, "--token-stdin")
        assert cage.run("init", *flags, stdin=home_assistant.token).code == 0
        assert home_assistant.token in (tmp_path / "secrets.yaml").read_text()


class TestVault:
    def test_a_token_that_vault_refuses(self, cage: Cage, vault: OpenBao) -> None:
        cage.declare("directory: ha", reference="vault://secret/x#y")
        env = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": f"{PLANTED}-token"}

        assert {each.code for each in every_command(cage, **env)} >= {0, 1}

    def test_a_sealed_vault(self, cage: Cage, sealed_vault: SealedOpenBao) -> None:
        cage.declare("directory: ha", reference="vault://secret/x#y")
        sealed_vault.seal()
        env = {"VAULT_ADDR": sealed_vault.address, "VAULT_CACERT": str(sealed_vault.ca)}

        assert cage.run("sync", **env, VAULT_TOKEN=f"{PLANTED}-token").code == 1

    def test_a_login_that_vault_refuses(self, cage: Cage, vault: OpenBao) -> None:
        mount = vault.enable_auth("userpass")
        cage.declare("directory: ha", reference="vault://secret/x#y")
        manifest = cage.folder / "appcreds.yaml"
        login = f"{{method: userpass, mount: {mount}, username: u, password: !secret planted}}"
        text = manifest.read_text("utf-8")
        manifest.write_text(f"{text}vault: {{address: '{vault.address}', auth: {login}}}\n")

        assert cage.run("sync").code == 1

    @pytest.mark.parametrize("value", [[PLANTED], {PLANTED: PLANTED}, 5, "", None])
    def test_a_value_that_is_no_text(self, cage: Cage, vault: OpenBao, value: object) -> None:
        mount = vault.mount_kv(2)
        write = vault.client().secrets.kv.v2.create_or_update_secret
        write("x", {"y": value, "other": planted("other")}, mount_point=mount)
        env = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}

        for key in ("y", "no-such-key"):
            cage.declare("directory: ha", reference=f"vault://{mount}/x#{key}")
            assert cage.run("sync", **env).code == 1


def _refusing(echo: str) -> Any:
    """Be a Home Assistant that refuses a create, and says why in words that hold `echo`."""
    answers: dict[str, object] = {
        "auth/current_user": {"is_admin": True},
        "application_credentials/config": {"domains": ["spotify"], "integrations": {}},
        "application_credentials/list": [],
        "config_entries/get": [],
    }

    async def script(socket: ServerConnection) -> None:
        async for frame in socket:
            asked = json.loads(frame)
            if asked["type"] in answers:
                await socket.send(success(asked["id"], answers[asked["type"]]))
            else:
                await socket.send(failure(asked["id"], "invalid_format", f"No: {echo}"))

    return after_login(script)


ECHOES: Final[dict[str, Callable[[str], str]]] = {
    "as it is": str,
    "as JSON": json.dumps,
    "as JSON beyond ASCII": lambda text: json.dumps(text, ensure_ascii=False),
    "as Python": repr,
    "as part of a URL": lambda text: quote(text, safe=""),
}


@pytest.mark.parametrize("name", ECHOES)
async def test_a_home_assistant_that_echoes_what_it_refuses(name: str, cage: Cage) -> None:
    """2025.4 does; what it says is passed on, less the secret."""
    async with serving(_refusing(ECHOES[name](planted("client-secret")))) as url:
        cage.declare(f"url: '{url}', token: env://TOKEN")

        ended = await asyncio.to_thread(cage.run, "sync", TOKEN=f"{PLANTED}-token")

    assert ended.code == 1
    assert "No: " in ended.stdout


def test_a_crash_of_ours(cage: Cage) -> None:
    """The secret stands in the exception's message, in its cause and in a local variable."""
    program = (
        "from appcreds_sync.cli import main\n"
        "from appcreds_sync.reconcile import turn\n"
        "def broken(desired, snapshot, options=None):\n"
        "    value = desired.credentials[0].client_secret.value.reveal()\n"
        "    raise ValueError(value) from KeyError(value)\n"
        "turn.make_plan = broken\n"
        "main()\n"
    )

    ended = run([sys.executable, "-c", program, "sync"], cage.folder)

    cage.check(ended)
    assert ended.code == 1
    assert "this is a bug in appcreds-sync" in ended.stderr
