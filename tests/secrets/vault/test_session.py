from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.secrets.vault import session
from appcreds_sync.secrets.vault.settings import merge
from tests.secrets.references import read_one, revealed
from tests.secrets.vault.fake import FakeVault, Reply, secret

if TYPE_CHECKING:
    from pathlib import Path

VAULT = "https://vault.example.org:8200"


def proxy_for(address: str, **environ: str) -> str | None:
    connection = merge(VaultSettings(address=address), {})
    with session.make(connection, environ) as made:
        return made.proxies.get("https")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "VAULT_PROXY_ADDR"])
def test_a_proxy_by_the_variables_that_vaults_cli_reads(name: str) -> None:
    assert proxy_for(VAULT, **{name: "http://proxy:3128"}) == "http://proxy:3128"


@pytest.mark.parametrize("spared", ["vault.example.org", ".example.org", "*", "a.org,example.org"])
def test_a_host_that_is_spared_the_proxy(spared: str) -> None:
    assert proxy_for(VAULT, HTTPS_PROXY="http://proxy:3128", NO_PROXY=spared) is None


@pytest.mark.parametrize("address", ["https://localhost", "https://127.0.0.1", "https://[::1]"])
def test_loopback_is_never_asked_through_a_proxy(address: str) -> None:
    assert proxy_for(address, HTTPS_PROXY="http://proxy:3128") is None


def test_the_proxy_for_http_is_another_one() -> None:
    assert proxy_for("http://vault.example.org", HTTPS_PROXY="http://proxy:3128") is None


def test_a_standby_names_the_active_node(fake: FakeVault) -> None:
    with FakeVault() as active:
        active.replies = [secret("canary")]
        target = f"{active.address}/v1/auth/token/lookup-self"
        fake.always = Reply(307, "", {"Location": target})
        # The login is led on; for the reads we name the active node itself.
        session_environ = {**fake.environ, "VAULT_ADDR": fake.address}
        read_one("vault://kv/a#key", session_environ)

        assert target.endswith(active.paths[0])
        assert active.headers[0]["X-Vault-Token"] == fake.environ["VAULT_TOKEN"]


def test_a_password_in_netrc_is_not_sent(
    fake: FakeVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password canary\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    fake.replies = [secret("value")]

    assert revealed(read_one("vault://kv/a#key", fake.environ)) == "value"
    assert not any("Authorization" in headers for headers in fake.headers)


def test_nothing_is_to_be_packed(fake: FakeVault) -> None:
    fake.replies = [secret("value")]
    read_one("vault://kv/a#key", fake.environ)

    assert {headers["Accept-Encoding"] for headers in fake.headers} == {"identity"}


def test_connections_are_kept_for_as_many_reads_as_are_under_way() -> None:
    connection = replace(merge(VaultSettings(address=VAULT), {}), concurrency=3)
    with session.make(connection, {}) as made:
        assert vars(made.get_adapter(VAULT))["_pool_maxsize"] == 3
