"""A login over many turns."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import VaultAuth, VaultSettings
from appcreds_sync.secrets.vault.source import VaultSource
from tests.secrets.references import problem, revealed, vault_reference
from tests.secrets.vault.fake import Reply, secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appcreds_sync.model.secret import Secret
    from tests.lab.openbao import OpenBao
    from tests.secrets.vault.fake import FakeVault

LOOKUP = "GET /v1/auth/token/lookup-self"
RENEW = "POST /v1/auth/token/renew-self"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mount(vault: OpenBao) -> str:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret("a", {"key": "canary"}, mount_point=mount)
    return mount


@pytest.fixture
def approle(vault: OpenBao, mount: str) -> VaultSettings:
    """A login whose token lives for 30 seconds, and 60 at most."""
    path = vault.enable_auth("approle")
    root = vault.client()
    root.sys.create_or_update_policy(path, f'path "{mount}/*" {{ capabilities = ["read"] }}')
    method = root.auth.approle
    method.create_or_update_approle(
        "ha", token_policies=[path], token_ttl="30s", token_max_ttl="60s", mount_point=path
    )
    role = method.read_role_id("ha", mount_point=path)["data"]["role_id"]
    secret = method.generate_secret_id("ha", mount_point=path)["data"]["secret_id"]
    values = MappingProxyType({"role_id": role, "secret_id": secret})
    return VaultSettings(address=vault.address, auth=VaultAuth("approle", path, values))


@pytest.fixture
def make(clock: Clock) -> Iterator[Callable[[VaultSettings, dict[str, str]], VaultSource]]:
    made: list[VaultSource] = []

    def refuse(_: object) -> Problem:
        return Problem("not-here", "no other source in these tests", "")

    def keep(_source: str, _secret: Secret) -> None:
        """Forget it."""

    def build(settings: VaultSettings, environ: dict[str, str]) -> VaultSource:
        source = VaultSource(settings, environ, refuse, keep, clock)
        made.append(source)
        return source

    yield build
    for source in made:
        source.close()


def read(source: VaultSource, mount: str) -> str:
    reference = vault_reference(f"vault://{mount}/a#key")
    return revealed(source.read([reference])[reference])


def logins(asked: list[str]) -> int:
    return sum(request.endswith("/login") for request in asked)


def test_one_login_and_one_read_for_each_path_and_version(
    mount: str,
    approle: VaultSettings,
    asked: list[str],
    make: Callable[..., VaultSource],
) -> None:
    asked.clear()
    texts = ["a#key", "a#other", "a#key2", "a?version=1#key", "b#key"]
    references = [vault_reference(f"vault://{mount}/{text}") for text in texts]

    make(approle, {}).read(references)

    assert logins(asked) == 1
    reads = sorted(request for request in asked if request.startswith(f"GET /v1/{mount}/"))
    assert reads == [
        f"GET /v1/{mount}/data/a",
        f"GET /v1/{mount}/data/a?version=1",
        f"GET /v1/{mount}/data/b",
    ]


def test_a_login_is_kept_and_values_are_read_anew(
    vault: OpenBao,
    mount: str,
    approle: VaultSettings,
    asked: list[str],
    make: Callable[..., VaultSource],
) -> None:
    source = make(approle, {})
    assert read(source, mount) == "canary"
    vault.client().secrets.kv.v2.create_or_update_secret("a", {"key": "new"}, mount_point=mount)
    asked.clear()

    assert read(source, mount) == "new"
    assert logins(asked) == 0


def test_a_login_is_renewed_when_two_thirds_of_its_life_are_over(
    mount: str,
    approle: VaultSettings,
    asked: list[str],
    clock: Clock,
    make: Callable[..., VaultSource],
) -> None:
    source = make(approle, {})
    read(source, mount)
    asked.clear()

    clock.now = 19
    read(source, mount)
    assert RENEW not in asked

    clock.now = 21
    read(source, mount)
    assert asked.count(RENEW) == 1
    assert logins(asked) == 0

    read(source, mount)
    assert asked.count(RENEW) == 1


def test_a_login_that_has_expired_is_made_again(
    mount: str,
    approle: VaultSettings,
    asked: list[str],
    clock: Clock,
    make: Callable[..., VaultSource],
) -> None:
    source = make(approle, {})
    read(source, mount)
    asked.clear()

    clock.now = 31
    read(source, mount)

    assert RENEW not in asked
    assert logins(asked) == 1


def test_a_renewal_that_would_not_lengthen_its_life_becomes_a_login(
    make: Callable[..., VaultSource], clock: Clock, fake: FakeVault
) -> None:
    fake.replies = [secret("canary")]
    granted = {"client_token": "t", "lease_duration": 30, "renewable": True}
    login = Reply(200, {"auth": granted})
    fake.at = {
        "/v1/auth/approle/login": login,
        "/v1/auth/token/renew-self": Reply(200, {"auth": {**granted, "lease_duration": 5}}),
    }
    auth = VaultAuth("approle", None, MappingProxyType({"role_id": "ha"}))
    source = make(VaultSettings(address=fake.address, auth=auth), {})
    read(source, "kv")

    clock.now = 21
    read(source, "kv")

    assert fake.paths.count("/v1/auth/token/renew-self") == 1
    assert fake.paths.count("/v1/auth/approle/login") == 2


def test_a_login_that_was_revoked_between_turns_is_made_again(
    vault: OpenBao,
    mount: str,
    approle: VaultSettings,
    asked: list[str],
    make: Callable[..., VaultSource],
) -> None:
    source = make(approle, {})
    read(source, mount)
    assert source._login is not None
    vault.client().auth.token.revoke(source._login.token.reveal())
    asked.clear()

    assert read(source, mount) == "canary"
    assert logins(asked) == 1


def test_a_token_without_the_right_is_no_reason_to_log_in_again(
    vault: OpenBao,
    approle: VaultSettings,
    asked: list[str],
    make: Callable[..., VaultSource],
) -> None:
    source = make(approle, {})
    reference = vault_reference(f"vault://{vault.mount_kv(2)}/a#key")
    source.read([reference])
    asked.clear()

    assert problem(source.read([reference])[reference]).code == "vault-forbidden"
    assert logins(asked) == 0
    assert asked.count(LOOKUP) == 1


def test_a_token_that_ends_is_read_from_its_place_again(
    vault: OpenBao, mount: str, make: Callable[..., VaultSource]
) -> None:
    first = vault.client().auth.token.create(policies=["root"])["auth"]["client_token"]
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": first}
    source = make(VaultSettings(), environ)
    read(source, mount)
    vault.client().auth.token.revoke(first)
    environ["VAULT_TOKEN"] = vault.token

    assert read(source, mount) == "canary"


def test_a_thousand_paths(vault: OpenBao, mount: str, make: Callable[..., VaultSource]) -> None:
    kv = vault.client().secrets.kv.v2
    for number in range(1000):
        kv.create_or_update_secret(f"many/{number}", {"key": f"v{number}"}, mount_point=mount)
    references = [vault_reference(f"vault://{mount}/many/{number}#key") for number in range(1000)]
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}

    values = make(VaultSettings(), environ).read(references)

    assert [revealed(values[reference]) for reference in references] == [
        f"v{number}" for number in range(1000)
    ]
