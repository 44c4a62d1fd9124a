from __future__ import annotations

from pathlib import Path

import pytest

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.secrets.vault.settings import Connection, merge

ADDRESS = "https://vault.example.org:8200"


def connection(**environ: str) -> Connection:
    return merge(VaultSettings(), {"VAULT_ADDR": ADDRESS, **environ})


def refusal(**environ: str) -> Problem:
    with pytest.raises(SecretsError) as caught:
        merge(VaultSettings(), environ)
    return caught.value.problem


def test_without_anything_set_but_the_address() -> None:
    assert connection() == Connection(
        address=ADDRESS,
        namespace=None,
        ca_cert=None,
        ca_path=None,
        client_cert=None,
        client_key=None,
        tls_server_name=None,
        skip_verify=False,
        timeout=60,
        max_retries=5,
        concurrency=16,
    )


def test_every_variable_of_vaults_cli() -> None:
    assert connection(
        VAULT_NAMESPACE="homes/",
        VAULT_CACERT="/ca.pem",
        VAULT_CAPATH="/cas",
        VAULT_CLIENT_CERT="/client.pem",
        VAULT_CLIENT_KEY="/client.key",
        VAULT_TLS_SERVER_NAME="inside.example.org",
        VAULT_SKIP_VERIFY="1",
        VAULT_CLIENT_TIMEOUT="90s",
        VAULT_MAX_RETRIES="0",
    ) == Connection(
        address=ADDRESS,
        namespace="homes",
        ca_cert=Path("/ca.pem"),
        ca_path=Path("/cas"),
        client_cert=Path("/client.pem"),
        client_key=Path("/client.key"),
        tls_server_name="inside.example.org",
        skip_verify=True,
        timeout=90,
        max_retries=0,
        concurrency=16,
    )


def test_the_manifest_comes_first() -> None:
    settings = VaultSettings(
        address="https://other.example.org", namespace="mine", ca_path=Path("/mine"), timeout=5
    )

    found = merge(
        settings,
        {
            "VAULT_ADDR": ADDRESS,
            "VAULT_NAMESPACE": "theirs",
            "VAULT_CACERT": "/theirs",
            "VAULT_CLIENT_TIMEOUT": "9",
        },
    )

    assert found.address == "https://other.example.org"
    assert found.namespace == "mine"
    assert (found.ca_cert, found.ca_path) == (None, Path("/mine"))
    assert found.timeout == 5


def test_openbaos_variables_come_before_vaults() -> None:
    assert connection(BAO_ADDR="https://bao.example.org").address == "https://bao.example.org"


def test_an_empty_variable_is_not_set() -> None:
    assert connection(BAO_ADDR="", VAULT_NAMESPACE="").namespace is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30), ("1m30s", 90), ("1.5s", 1.5), ("500ms", 0.5), ("1h", 3600)]
)
def test_time_outs_as_vaults_cli_reads_them(text: str, seconds: float) -> None:
    assert connection(VAULT_CLIENT_TIMEOUT=text).timeout == seconds


@pytest.mark.parametrize("address", [f"{ADDRESS}/", f" {ADDRESS}\n", f"{ADDRESS}//"])
def test_an_address_is_tidied(address: str) -> None:
    assert connection(VAULT_ADDR=address).address == ADDRESS


def test_an_address_may_have_a_prefix() -> None:
    assert connection(VAULT_ADDR=f"{ADDRESS}/vault/").address == f"{ADDRESS}/vault"


def test_there_is_no_default_address() -> None:
    found = refusal()

    assert found.code == "vault-address-missing"
    assert "`vault.address`" in found.hint


@pytest.mark.parametrize(
    "address",
    [
        "vault.example.org:8200",
        "unix:///run/vault.sock",
        "https://",
        "https://canary:canary@vault.example.org",
        "https://vault.example.org:canary",
        "https://[canary",
        "https://vault.example.org/v1",
        "https://vault.example.org/ui/",
        "https://vault.example.org/?canary",
    ],
)
def test_an_address_that_can_not_be_used_is_not_echoed(address: str) -> None:
    found = refusal(VAULT_ADDR=address)

    assert found.code == "vault-setting"
    assert "canary" not in str(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAULT_SKIP_VERIFY", "canary"),
        ("VAULT_MAX_RETRIES", "-1"),
        ("VAULT_MAX_RETRIES", "canary"),
        ("VAULT_CLIENT_TIMEOUT", "canary"),
        ("VAULT_CLIENT_TIMEOUT", "0"),
        ("VAULT_CLIENT_TIMEOUT", "5 s"),
    ],
)
def test_a_variable_that_can_not_be_used_is_named_and_not_echoed(name: str, value: str) -> None:
    found = refusal(VAULT_ADDR=ADDRESS, **{name: value})

    assert found.code == "vault-setting"
    assert name in found.what
    assert "canary" not in str(found)


def test_a_key_without_a_certificate() -> None:
    assert refusal(VAULT_ADDR=ADDRESS, VAULT_CLIENT_KEY="/key").code == "vault-setting"


def test_a_namespace_that_no_header_can_carry() -> None:
    assert refusal(VAULT_ADDR=ADDRESS, VAULT_NAMESPACE="nähe").code == "vault-setting"
