from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.model.errors import SecretsError
from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.model.secret import Secret
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.secrets.vault import writing
from appcreds_sync.secrets.vault.mounts import Mount
from tests.secrets.vault.fake import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appcreds_sync.secrets.vault.client import Client
    from tests.lab.openbao import OpenBao
    from tests.secrets.vault.fake import FakeVault

SECRET = Secret("canary-new")


@contextmanager
def logged_in(environ: dict[str, str], token: str | None = None) -> Iterator[Client]:
    with SecretReader(VaultSettings(), environ | ({"VAULT_TOKEN": token} if token else {})) as it:
        yield it.vault_client()


def keep(client: Client, *places: tuple[str, str]) -> int:
    """Write SECRET to each path and key; return how many requests it took."""
    wanted = {VaultReference(path, key): SECRET for path, key in places}
    planned = writing.prepare(client, wanted)
    for write in planned:
        writing.write(client, write)
    return len(planned)


@pytest.fixture(params=[1, 2])
def engine(request: pytest.FixtureRequest, vault: OpenBao) -> Engine:
    return Engine(vault, request.param)


class Engine:
    """A KV engine of either version, seen by the root token."""

    def __init__(self, vault: OpenBao, version: int) -> None:
        self.version = version
        self.mount = vault.mount_kv(version)
        self._kv = getattr(vault.client().secrets.kv, f"v{version}")

    def read(self, path: str) -> dict[str, Any]:
        answer = (
            self._kv.read_secret(path, mount_point=self.mount)
            if self.version == 1
            else self._kv.read_secret_version(
                path, mount_point=self.mount, raise_on_deleted_version=True
            )["data"]
        )
        found: dict[str, Any] = answer["data"]
        return found

    def write(self, path: str, **values: str) -> None:
        self._kv.create_or_update_secret(path, values, mount_point=self.mount)

    def policy(self, path: str, *capabilities: str) -> str:
        place = f"{self.mount}/{'' if self.version == 1 else 'data/'}{path}"
        words = ", ".join(f'"{it}"' for it in capabilities)
        return f'path "{place}" {{ capabilities = [{words}] }}\n'


def test_a_new_path_is_made(engine: Engine, environ: dict[str, str]) -> None:
    with logged_in(environ) as client:
        assert keep(client, (f"{engine.mount}/ha/a", "client_secret")) == 1
    assert engine.read("ha/a") == {"client_secret": "canary-new"}


def test_a_value_that_is_there_is_not_written_again(
    engine: Engine, environ: dict[str, str]
) -> None:
    engine.write("ha/a", client_secret="canary-new")
    with logged_in(environ) as client:
        assert keep(client, (f"{engine.mount}/ha/a", "client_secret")) == 0


def test_other_keys_stay(engine: Engine, environ: dict[str, str]) -> None:
    engine.write("ha/a", other="canary-other")
    with logged_in(environ) as client:
        assert keep(client, (f"{engine.mount}/ha/a", "k"), (f"{engine.mount}/ha/a", "l")) == 1
    assert engine.read("ha/a") == {"other": "canary-other", "k": "canary-new", "l": "canary-new"}


def test_another_value_is_never_overwritten_and_nothing_else_written(
    engine: Engine, environ: dict[str, str]
) -> None:
    engine.write("ha/b", client_secret="canary-other")
    with logged_in(environ) as client, pytest.raises(SecretsError) as raised:
        keep(client, *((f"{engine.mount}/ha/{name}", "client_secret") for name in "ab"))
    (problem,) = raised.value.problems
    assert (problem.code, "canary" in str(problem)) == ("vault-occupied", False)
    assert engine.read("ha/b") == {"client_secret": "canary-other"}
    with logged_in(environ) as client:
        assert keep(client, (f"{engine.mount}/ha/a", "client_secret")) == 1  # still to be made


def test_what_may_not_be_written_names_the_policy(
    engine: Engine, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    token = allowed(engine.policy("ha/*", "read"))
    with logged_in(environ, token) as client, pytest.raises(SecretsError) as raised:
        keep(client, (f"{engine.mount}/ha/a", "client_secret"))
    assert 'capabilities = ["create", "update"]' in raised.value.problem.hint
    assert engine.mount in raised.value.problem.hint


def test_a_mount_that_is_not_there(environ: dict[str, str]) -> None:
    with logged_in(environ) as client, pytest.raises(SecretsError, match="mount"):
        keep(client, ("no-such-mount/ha/a", "client_secret"))


class TestVersion2:
    @pytest.fixture
    def engine(self, vault: OpenBao) -> Engine:
        return Engine(vault, 2)

    def test_a_deleted_version_makes_room(
        self, engine: Engine, vault: OpenBao, environ: dict[str, str]
    ) -> None:
        engine.write("ha/a", client_secret="canary-old")
        vault.client().secrets.kv.v2.delete_latest_version_of_secret(
            "ha/a", mount_point=engine.mount
        )
        with logged_in(environ) as client:
            assert keep(client, (f"{engine.mount}/ha/a", "client_secret")) == 1
        assert engine.read("ha/a") == {"client_secret": "canary-new"}

    def test_who_writes_between_look_and_write_is_not_overwritten(
        self, engine: Engine, environ: dict[str, str]
    ) -> None:
        place = VaultReference(f"{engine.mount}/ha/a", "client_secret")
        with logged_in(environ) as client:
            (planned,) = writing.prepare(client, {place: SECRET})
            engine.write("ha/a", client_secret="canary-theirs")
            with pytest.raises(SecretsError) as raised:
                writing.write(client, planned)
        assert raised.value.problem.code == "vault-changed"
        assert engine.read("ha/a") == {"client_secret": "canary-theirs"}

    def test_unless_they_wrote_the_same(self, engine: Engine, environ: dict[str, str]) -> None:
        """It was most likely we: an answer was lost, and the request sent again."""
        place = VaultReference(f"{engine.mount}/ha/a", "client_secret")
        with logged_in(environ) as client:
            (planned,) = writing.prepare(client, {place: SECRET})
            engine.write("ha/a", client_secret="canary-new")
            writing.write(client, planned)
        assert engine.read("ha/a") == {"client_secret": "canary-new"}

    def test_who_may_create_but_not_read_never_overwrites(
        self, engine: Engine, environ: dict[str, str], allowed: Callable[..., str]
    ) -> None:
        engine.write("ha/b", client_secret="canary-theirs")
        token = allowed(engine.policy("ha/*", "create", "update"))
        with logged_in(environ, token) as client:
            assert keep(client, (f"{engine.mount}/ha/a", "client_secret")) == 1
            with pytest.raises(SecretsError) as raised:
                keep(client, (f"{engine.mount}/ha/b", "client_secret"))
        assert raised.value.problem.code == "vault-changed"
        assert engine.read("ha/b") == {"client_secret": "canary-theirs"}


def test_of_version_1_who_may_not_read_does_not_write(
    vault: OpenBao, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    engine = Engine(vault, 1)
    token = allowed(engine.policy("ha/*", "create", "update"))
    with logged_in(environ, token) as client, pytest.raises(SecretsError, match="may not read"):
        keep(client, (f"{engine.mount}/ha/a", "client_secret"))


def test_a_planned_write_shows_no_value(engine: Engine, environ: dict[str, str]) -> None:
    place = VaultReference(f"{engine.mount}/ha/a", "client_secret")
    with logged_in(environ) as client:
        assert "canary" not in repr(writing.prepare(client, {place: SECRET}))


def test_a_refusal_that_echoes_what_is_there_already_shows_nothing_of_it(fake: FakeVault) -> None:
    fake.at = {"/v1/kv/data/a": errors(400, "bad: canary-new, canary-there")}
    values = {"client_secret": "canary-new", "other": "canary-there"}
    planned = writing.Write("kv/a", Mount("kv", 2), values, {"client_secret": SECRET}, 1)
    with logged_in(fake.environ) as client, pytest.raises(SecretsError) as raised:
        writing.write(client, planned)
    assert "bad: <redacted>, <redacted>" in str(raised.value)
