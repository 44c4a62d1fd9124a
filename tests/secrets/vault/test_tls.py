"""Against a real OpenBao with TLS."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.secrets.reader import SecretReader
from tests.lab.ports import LOOPBACK
from tests.secrets.references import problem, read_one, revealed, vault_reference
from tests.secrets.vault.fake import FakeVault, Reply, secret

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.errors import Problem
    from tests.lab import openbao
    from tests.lab.certificates import Certificates


@pytest.fixture(scope="module", autouse=True)
def _prepared(tls_vault: openbao.SealedOpenBao) -> None:
    tls_vault.mount_kv(2, "kv")
    tls_vault.client().secrets.kv.v2.create_or_update_secret(
        "a", {"key": "canary"}, mount_point="kv"
    )


def read(vault: openbao.SealedOpenBao, **environ: str) -> Resolved | Problem:
    defaults = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
    return read_one("vault://kv/a#key", {**defaults, **environ})


def test_its_ca_is_named(tls_vault: openbao.SealedOpenBao, certificates: Certificates) -> None:
    assert revealed(read(tls_vault, VAULT_CACERT=str(certificates.ca))) == "canary"


def test_its_ca_is_in_a_folder(
    tls_vault: openbao.SealedOpenBao, certificates: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "ours.pem").write_bytes(certificates.ca.read_bytes())
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "another.pem"))

    assert revealed(read(tls_vault, VAULT_CAPATH=str(tmp_path))) == "canary"


def test_its_ca_is_the_systems(
    tls_vault: openbao.SealedOpenBao, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    # OpenSSL's own variable for where the system keeps its CAs.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))

    assert revealed(read(tls_vault)) == "canary"


def test_a_ca_that_is_not_trusted(tls_vault: openbao.SealedOpenBao) -> None:
    found = problem(read(tls_vault))

    assert found.code == "vault-tls-ca"
    assert "VAULT_CACERT" in found.hint


def test_a_bundle_for_other_programs_is_not_used(
    tls_vault: openbao.SealedOpenBao, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))

    assert problem(read(tls_vault)).code == "vault-tls-ca"


def test_a_certificate_for_another_host(
    tls_vault: openbao.SealedOpenBao, certificates: Certificates
) -> None:
    trusted = {"VAULT_CACERT": str(certificates.ca)}

    found = problem(read(tls_vault, **trusted, VAULT_TLS_SERVER_NAME="other.example.org"))

    assert found.code == "vault-tls-host"
    assert revealed(read(tls_vault, **trusted, VAULT_TLS_SERVER_NAME="localhost")) == "canary"


def test_an_address_that_is_not_in_the_certificate(tmp_path: Path) -> None:
    found = problem(read_from_fake(tmp_path, trustme.CA(), "other.example.org"))

    assert found.code == "vault-tls-host"


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

    found = problem(read_from_fake(tmp_path, trustme.CA(), LOOPBACK, not_after=past))

    assert found.code == "vault-tls-expired"


def test_not_checking_is_possible_and_warned_about(tls_vault: openbao.SealedOpenBao) -> None:
    reference = vault_reference("vault://kv/a#key")
    environ = {
        "VAULT_ADDR": tls_vault.address,
        "VAULT_TOKEN": tls_vault.token,
        "VAULT_SKIP_VERIFY": "true",
    }

    with SecretReader(VaultSettings(), environ) as reader:
        found = reader.read([reference])

    assert revealed(found.values[reference]) == "canary"
    assert [warning.code for warning in found.warnings] == ["vault-skip-verify"]


def test_http_to_a_port_that_wants_tls(tls_vault: openbao.SealedOpenBao) -> None:
    found = problem(read(tls_vault, VAULT_ADDR=tls_vault.address.replace("https", "http")))

    assert found.code == "vault-tls-wanted"
    assert "https://" in found.hint


def test_tls_to_a_port_that_wants_http(vault: openbao.OpenBao) -> None:
    environ = {"VAULT_ADDR": vault.address.replace("http", "https"), "VAULT_TOKEN": "any"}

    assert problem(read_one("vault://kv/a#key", environ)).code == "vault-tls-none"


def test_a_server_that_hangs_up_in_the_handshake() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        address = f"https://{LOOPBACK}:{server.getsockname()[1]}"

        found = problem(read_one("vault://kv/a#key", {"VAULT_ADDR": address, "VAULT_TOKEN": "x"}))

        thread.join()
    assert found.code in {"vault-tls", "vault-unreachable"}  # as OpenSSL or the kernel sees it


def test_a_server_that_wants_a_client_certificate(certificates: Certificates) -> None:
    context = server_context(certificates)
    context.load_verify_locations(certificates.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    with FakeVault(context) as fake:
        fake.replies = [secret("canary")]
        trusted = {**fake.environ, "VAULT_CACERT": str(certificates.ca)}
        ours = {
            "VAULT_CLIENT_CERT": str(certificates.client.certificate),
            "VAULT_CLIENT_KEY": str(certificates.client.key),
        }

        refused = problem(read_one("vault://kv/a#key", trusted))

        assert refused.code == "vault-tls-client"
        assert revealed(read_one("vault://kv/a#key", {**trusted, **ours})) == "canary"


@pytest.mark.parametrize("name", ["VAULT_CACERT", "VAULT_CAPATH", "VAULT_CLIENT_CERT"])
def test_a_file_that_is_not_there(tls_vault: openbao.SealedOpenBao, name: str) -> None:
    found = problem(read(tls_vault, **{name: "/nowhere.pem"}))

    assert found.code == "vault-tls-file"
    assert "/nowhere.pem" in found.what


@pytest.mark.parametrize("name", ["VAULT_CACERT", "VAULT_CLIENT_CERT"])
def test_a_file_that_is_no_certificate(
    tls_vault: openbao.SealedOpenBao, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("canary")

    found = problem(read(tls_vault, **{name: str(tmp_path / "file")}))

    assert found.code == "vault-tls-file"
    assert "canary" not in str(found)


def test_a_key_of_another_certificate(
    tls_vault: openbao.SealedOpenBao, certificates: Certificates
) -> None:
    found = read(
        tls_vault,
        VAULT_CLIENT_CERT=str(certificates.client.certificate),
        VAULT_CLIENT_KEY=str(certificates.server.key),
    )

    assert problem(found).code == "vault-tls-file"


def test_a_redirect_out_of_tls_is_not_followed(certificates: Certificates) -> None:
    with FakeVault() as clear, FakeVault(server_context(certificates)) as fake:
        fake.always = Reply(307, "", {"Location": f"{clear.address}/v1/auth/token/lookup-self"})
        environ = {**fake.environ, "VAULT_CACERT": str(certificates.ca)}

        assert problem(read_one("vault://kv/a#key", environ)).code == "vault-not-vault"
        assert clear.paths == []


def read_from_fake(
    folder: Path, authority: trustme.CA, host: str, not_after: dt.datetime | None = None
) -> Resolved | Problem:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host, not_after=not_after).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with FakeVault(context) as fake:
        fake.replies = [secret("canary")]
        environ = {**fake.environ, "VAULT_CACERT": str(folder / "ca.pem")}
        return read_one("vault://kv/a#key", environ)


def server_context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server.certificate, certificates.server.key)
    return context
