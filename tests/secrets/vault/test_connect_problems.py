"""What keeps Vault from being asked: each its own message, said once for all references."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.secrets.reader import SecretReader
from tests.lab.ports import LOOPBACK, free_port
from tests.secrets.references import problem, read_one, revealed, vault_reference
from tests.secrets.vault.fake import TOKEN, Reply, errors, secret

if TYPE_CHECKING:
    from tests.lab.openbao import OpenBao, SealedOpenBao
    from tests.secrets.vault.fake import FakeVault

HTML = "<html><title>Not here</title></html>"


def code_at(address: str, **environ: str) -> str:
    return problem(
        read_one("vault://kv/a#key", {"VAULT_ADDR": address, "VAULT_TOKEN": TOKEN, **environ})
    ).code


def test_nothing_listens() -> None:
    assert code_at(f"http://{LOOPBACK}:{free_port()}") == "vault-unreachable"


def test_a_proxy_that_is_not_there() -> None:
    proxy = f"http://{LOOPBACK}:{free_port()}"
    environ = {"VAULT_ADDR": "http://vault.invalid", "VAULT_TOKEN": TOKEN, "HTTP_PROXY": proxy}

    found = problem(read_one("vault://kv/a#key", environ))

    assert found.code == "vault-unreachable"
    assert "NO_PROXY" in found.hint


@pytest.mark.parametrize("host", ["vault.invalid", "vault..invalid", f"{'v' * 64}.invalid"])
def test_a_host_that_nobody_knows(host: str) -> None:
    environ = {"VAULT_ADDR": f"https://{host}:8200", "VAULT_TOKEN": TOKEN}

    found = problem(read_one("vault://kv/a#key", environ))

    assert found.code == "vault-unreachable"
    assert host in found.what
    assert "not known" in found.what


def test_a_redirect_to_nowhere_names_both(fake: FakeVault) -> None:
    fake.always = Reply(307, "", {"Location": "http://no-such-host.invalid:8200/v1/x"})

    found = problem(read_one("vault://kv/a#key", fake.environ))

    assert found.code == "vault-unreachable"
    assert f"{fake.address} sends us on to http://no-such-host.invalid:8200" in found.what


@pytest.mark.parametrize("location", ["http://[bad/v1/x", "http://a..b/v1/x"])
def test_a_redirect_to_what_is_no_address(fake: FakeVault, location: str) -> None:
    fake.always = Reply(307, "", {"Location": location})

    found = problem(read_one("vault://kv/a#key", fake.environ))

    assert found.code == "vault-not-vault"
    assert "sends us to one that is none" in found.what


def test_a_server_that_does_not_answer_in_time(fake: FakeVault) -> None:
    fake.slow = True

    found = problem(read_one("vault://kv/a#key", fake.environ, VaultSettings(timeout=0.1)))

    assert found.code == "vault-unreachable"
    assert "in time" in found.what


@pytest.mark.parametrize("status", [200, 503])
def test_a_server_whose_answer_drips_in(fake: FakeVault, status: int) -> None:
    fake.always = Reply(status, drips=True)

    found = problem(read_one("vault://kv/a#key", fake.environ, VaultSettings(timeout=0.1)))

    assert found.code == "vault-unreachable"
    assert "in time" in found.what


def test_the_body_of_a_redirect_is_not_waited_for(fake: FakeVault) -> None:
    fake.at = {"/v1/kv/data/a": Reply(307, headers={"Location": "/v1/kv/data/b"}, drips=True)}
    fake.replies = [secret("canary")]

    assert revealed(read_one("vault://kv/a#key", fake.environ)) == "canary"


def test_a_server_that_hangs_up(fake: FakeVault) -> None:
    fake.always = Reply(200, hang_up=True)

    assert code_at(fake.address, VAULT_MAX_RETRIES="1") == "vault-unreachable"
    assert len(fake.paths) == 2


def test_a_server_that_speaks_no_http() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        server.settimeout(5)
        address = f"http://{LOOPBACK}:{server.getsockname()[1]}"
        # The kernel takes the connection; nobody ever reads or answers.
        assert code_at(address, VAULT_CLIENT_TIMEOUT="100ms") == "vault-unreachable"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, HTML),
        Reply(404, HTML),
        Reply(404, "404 page not found"),
        Reply(403, HTML),
        Reply(200, {"message": "API running."}),
        Reply(401, {"message": "Unauthorized"}),
        Reply(302, "", {"Location": "/login"}),
    ],
)
def test_something_that_is_not_vault(fake: FakeVault, reply: Reply) -> None:
    fake.always = reply

    assert code_at(fake.address) == "vault-not-vault"


def test_the_real_one_behind_a_wrong_path(vault: OpenBao) -> None:
    assert code_at(f"{vault.address}/wrong") == "vault-not-vault"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_without_vault_behind_it(fake: FakeVault, status: int) -> None:
    fake.always = Reply(status, HTML)

    assert code_at(fake.address, VAULT_MAX_RETRIES="1") == "vault-unavailable"
    assert len(fake.paths) == 2


def test_a_rate_limit_that_does_not_lift(fake: FakeVault) -> None:
    fake.replies = [errors(429, 'request path "kv": rate limit quota exceeded')]

    assert code_at(fake.address, VAULT_MAX_RETRIES="1") == "vault-busy"


def test_not_initialised(fake: FakeVault) -> None:
    fake.always = errors(501, "Vault is not initialized")

    assert code_at(fake.address) == "vault-not-initialised"
    assert len(fake.paths) == 1


def test_what_passes_is_waited_for(fake: FakeVault) -> None:
    upgrading = "Upgrading from non-versioned to versioned data. Please try again."
    fake.replies = [errors(500, "x"), errors(412), errors(400, upgrading), secret("canary")]

    assert revealed(read_one("vault://kv/a#key", fake.environ)) == "canary"


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_what_does_not_pass_is_asked_once(fake: FakeVault, status: int) -> None:
    fake.replies = [errors(status, "no")]

    problem(read_one("vault://kv/a#key", fake.environ))

    assert fake.reads() == 1


def test_an_error_of_one_path_is_no_error_of_all(fake: FakeVault) -> None:
    fake.environ["VAULT_MAX_RETRIES"] = "0"
    fake.replies = [errors(500, "internal error"), secret("canary")]
    references = [vault_reference(f"vault://kv/{name}#key") for name in "ab"]

    with SecretReader(VaultSettings(concurrency=1), fake.environ) as reader:
        first, second = reader.read(references).values.values()

    assert problem(first).code == "vault-error"
    assert "internal error" in problem(first).what
    assert revealed(second) == "canary"


def test_an_error_that_echoes_the_token_is_redacted(fake: FakeVault) -> None:
    fake.environ["VAULT_MAX_RETRIES"] = "0"
    fake.replies = [errors(500, f"no route for {fake.environ['VAULT_TOKEN']}")]

    said = problem(read_one("vault://kv/a#key", fake.environ)).what

    assert "no route for <redacted>" in said


def test_a_sealed_vault(tls_vault: SealedOpenBao) -> None:
    tls_vault.seal()
    try:
        assert code_at(tls_vault.address, VAULT_CACERT=str(tls_vault.ca)) == "vault-sealed"
    finally:
        tls_vault.unseal()


def test_what_concerns_all_is_one_object_and_asked_once(fake: FakeVault) -> None:
    fake.replies = [errors(503, "Vault is sealed")]
    references = [vault_reference(f"vault://kv/{n}#key") for n in range(200)]

    with SecretReader(VaultSettings(concurrency=1), fake.environ) as reader:
        values = reader.read(references).values

    assert len({id(found) for found in values.values()}) == 1
    assert problem(values[references[0]]).code == "vault-sealed"
    assert fake.reads() == 1


def test_the_libraries_keep_quiet_at_debug(
    fake: FakeVault, caplog: pytest.LogCaptureFixture
) -> None:
    fake.replies = [secret("canary")]
    with caplog.at_level(logging.DEBUG):
        read_one("vault://kv/a#key", fake.environ)

    assert caplog.text == ""
