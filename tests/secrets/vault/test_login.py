"""Every method against the real OpenBao."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import pytest

from appcreds_sync.model.manifest import VaultAuth, VaultSettings
from appcreds_sync.secrets.reader import SecretReader
from appcreds_sync.secrets.vault import parameters
from tests.secrets.references import (
    MARK,
    problem,
    read_one,
    reference_text,
    revealed,
    vault_reference,
)
from tests.secrets.vault.fake import Reply, errors
from tests.secrets.vault.kubernetes import token_reviewer
from tests.secrets.vault.tokens import Signer, make_signer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appcreds_sync.model.desired import Resolved
    from appcreds_sync.model.errors import Problem
    from tests.lab import openbao
    from tests.lab.certificates import Certificates
    from tests.lab.openbao import OpenBao
    from tests.secrets.vault.fake import FakeVault

Method = Literal["token", "approle", "kubernetes", "jwt", "userpass", "cert"]
POLICY = 'path "login-kv/data/*" { capabilities = ["read"] }'
AUDIENCE = "vault"


@pytest.fixture(scope="module")
def home(vault: OpenBao) -> OpenBao:
    """A Vault with a value that the policy `login` may read."""
    prepare(vault)
    return vault


def prepare(vault: OpenBao) -> None:
    vault.mount_kv(2, "login-kv")
    root = vault.client()
    root.secrets.kv.v2.create_or_update_secret("a", {"key": "canary"}, mount_point="login-kv")
    root.sys.create_or_update_policy("login", POLICY)


@pytest.fixture(scope="module")
def signer(home: OpenBao) -> Signer:
    return make_signer(home)


def read(vault: OpenBao, auth: VaultAuth | None, **environ: str) -> Resolved | Problem:
    environ = {"VAULT_ADDR": vault.address, **environ}
    return read_one("vault://login-kv/a#key", environ, VaultSettings(auth=auth, mark=MARK))


def auth(method: Method, mount: str | None = None, **values: str) -> VaultAuth:
    """Make an auth section whose values are references where they look like one."""
    return VaultAuth(
        method,
        mount,
        MappingProxyType(
            {
                name: reference_text(value) if value.startswith(("env:", "file:")) else value
                for name, value in values.items()
            }
        ),
    )


# ---- token


def test_a_token_from_the_variable(home: OpenBao) -> None:
    assert revealed(read(home, None, VAULT_TOKEN=home.token)) == "canary"


def test_openbaos_variable_comes_first(home: OpenBao) -> None:
    assert revealed(read(home, None, BAO_TOKEN=home.token, VAULT_TOKEN="wrong")) == "canary"


def test_a_token_from_the_home_folder(home: OpenBao, tmp_path: Path) -> None:
    (tmp_path / ".vault-token").write_text(f"{home.token}\n")

    assert revealed(read(home, None, HOME=str(tmp_path))) == "canary"


def test_the_variable_comes_before_the_home_folder(home: OpenBao, tmp_path: Path) -> None:
    (tmp_path / ".vault-token").write_text("wrong")

    assert revealed(read(home, None, HOME=str(tmp_path), VAULT_TOKEN=home.token)) == "canary"


def test_a_token_of_the_manifest_comes_first(home: OpenBao, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f" {home.token}\n")
    ours = auth("token", token=f"file:{tmp_path}/token")

    assert revealed(read(home, ours, VAULT_TOKEN="wrong")) == "canary"


def test_no_token_anywhere(home: OpenBao, tmp_path: Path) -> None:
    found = problem(read(home, None, HOME=str(tmp_path)))

    assert found.code == "vault-token-missing"
    assert found.where == str(MARK)


@pytest.mark.parametrize("token", ["canary", "s.wrongwrongwrongwrongwrong", "hvs.CAESIJ"])
def test_a_token_that_vault_does_not_know(home: OpenBao, token: str) -> None:
    found = problem(read(home, None, VAULT_TOKEN=token))

    assert found.code == "vault-token-invalid"
    assert "VAULT_TOKEN" in found.what
    assert token not in str(found)


@pytest.mark.parametrize(
    "words", ["bad token", "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]
)
def test_a_token_that_hashicorps_vault_does_not_know(fake: FakeVault, words: str) -> None:
    fake.always = errors(403, words)

    assert problem(read_one("vault://kv/a#key", fake.environ)).code == "vault-token-invalid"


def test_a_token_that_was_revoked(home: OpenBao) -> None:
    token = home.client().auth.token.create(policies=["login"])["auth"]["client_token"]
    home.client().auth.token.revoke(token)

    assert problem(read(home, None, VAULT_TOKEN=token)).code == "vault-token-invalid"


def test_a_token_that_may_not_look_itself_up(home: OpenBao, allowed: Callable[..., str]) -> None:
    token = allowed(POLICY, no_default_policy=True)

    assert revealed(read(home, None, VAULT_TOKEN=token)) == "canary"


@pytest.mark.parametrize(
    ("token", "code"),
    [("two\nlines", "value-control-character"), ("tökén", "vault-token-invalid")],
)
def test_a_token_that_no_header_can_carry(home: OpenBao, token: str, code: str) -> None:
    found = problem(read(home, None, VAULT_TOKEN=token))

    assert found.code == code
    assert token not in str(found)


# ---- AppRole


@pytest.fixture(scope="module")
def approle(home: OpenBao) -> tuple[str, str, str]:
    """Mount, role id, secret id."""
    mount = home.enable_auth("approle")
    method = home.client().auth.approle
    method.create_or_update_approle("ha", token_policies=["login"], mount_point=mount)
    role = method.read_role_id("ha", mount_point=mount)["data"]["role_id"]
    secret = method.generate_secret_id("ha", mount_point=mount)["data"]["secret_id"]
    return mount, role, secret


def test_approle(home: OpenBao, approle: tuple[str, str, str]) -> None:
    mount, role, secret = approle
    ours = auth("approle", mount, role_id="env://ROLE", secret_id="env://SECRET")

    assert revealed(read(home, ours, ROLE=role, SECRET=f"{secret}\n")) == "canary"


def test_approle_without_a_secret_id(home: OpenBao) -> None:
    mount = home.enable_auth("approle")
    method = home.client().auth.approle
    method.create_or_update_approle(
        "ha",
        bind_secret_id=False,
        secret_id_bound_cidrs=["127.0.0.0/8"],
        token_policies=["login"],
        mount_point=mount,
    )
    role = method.read_role_id("ha", mount_point=mount)["data"]["role_id"]

    assert revealed(read(home, auth("approle", mount, role_id=role))) == "canary"


def test_approle_with_a_wrong_secret(home: OpenBao, approle: tuple[str, str, str]) -> None:
    mount, role, _ = approle

    found = problem(read(home, auth("approle", mount, role_id=role, secret_id="wrong-canary")))

    assert found.code == "vault-login-refused"
    assert "invalid role or secret ID" in found.what
    assert f"auth/{mount}" in found.hint
    assert found.where == str(MARK)
    assert "wrong-canary" not in str(found)


def test_what_vault_says_is_redacted(fake: FakeVault) -> None:
    fake.always = errors(400, "no role canary-role with canary-secret, or so")
    ours = auth("approle", role_id="canary-role", secret_id="canary-secret")
    settings = VaultSettings(auth=ours)

    found = problem(read_one("vault://kv/a#key", fake.environ, settings))

    assert "no role <redacted> with <redacted>, or so" in found.what


def test_a_method_that_is_mounted_nowhere(home: OpenBao) -> None:
    found = problem(read(home, auth("approle", "nowhere", role_id="a", secret_id="b")))

    assert found.code == "vault-login-refused"
    assert "auth/nowhere" in found.hint


def test_a_value_that_the_login_needs_is_left_out(home: OpenBao) -> None:
    found = problem(read(home, auth("approle", secret_id="canary")))

    assert found.code == "vault-auth-parameter"
    assert "`vault.auth.role_id`" in found.what


def test_a_value_that_can_not_be_read(home: OpenBao) -> None:
    found = problem(read(home, auth("approle", role_id="env://ROLE")))

    assert found.code == "env-missing"


@pytest.mark.parametrize("text", ["vault://kv/a#key", "env://ROLE_{store}"])
def test_a_value_that_is_kept_in_vault_or_differs_by_store(home: OpenBao, text: str) -> None:
    ours = VaultAuth("approle", None, MappingProxyType({"role_id": reference_text(text)}))

    found = problem(read(home, ours, ROLE_="x"))

    assert found.code == "vault-auth-reference"
    assert found.where == str(MARK)


def test_a_value_that_is_no_reference_after_all(home: OpenBao) -> None:
    ours = VaultAuth("approle", None, MappingProxyType({"role_id": reference_text("env://")}))

    assert problem(read(home, ours)).code == "reference-syntax"


def test_a_login_in_a_namespace_that_does_not_exist(home: OpenBao) -> None:
    ours = auth("approle", role_id="a", secret_id="b")

    assert problem(read(home, ours, VAULT_NAMESPACE="nowhere")).code == "vault-namespace-missing"


def test_an_answer_without_a_token(fake: FakeVault) -> None:
    fake.always = Reply(200, {"auth": None})
    settings = VaultSettings(auth=auth("approle", role_id="a"))

    found = problem(read_one("vault://kv/a#key", fake.environ, settings))

    assert found.code == "vault-login-refused"


# ---- userpass


def test_userpass(home: OpenBao) -> None:
    mount = home.enable_auth("userpass")
    home.client().auth.userpass.create_or_update_user(
        "ha.sync", "canary pass", policies="login", mount_point=mount
    )
    good = auth("userpass", mount, username="ha.sync", password="canary pass")
    wrong = auth("userpass", mount, username="ha.sync", password="wrong-canary")

    assert revealed(read(home, good)) == "canary"
    assert problem(read(home, wrong)).code == "vault-login-refused"


# ---- JWT


@pytest.fixture(scope="module")
def jwt_mount(home: OpenBao, signer: Signer) -> str:
    mount = home.enable_auth("jwt")
    root = home.client()
    root.auth.jwt.configure(jwt_validation_pubkeys=[signer.public_key], path=mount)
    root.auth.jwt.create_role(
        "ha",
        user_claim="sub",
        allowed_redirect_uris=[],
        role_type="jwt",
        bound_audiences=[AUDIENCE],
        token_policies=["login"],
        path=mount,
    )
    return mount


def test_jwt(home: OpenBao, signer: Signer, jwt_mount: str, tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text(signer.token(sub="ha", aud=AUDIENCE))

    ours = auth("jwt", jwt_mount, role="ha", jwt=f"file:{tmp_path}/jwt")

    assert revealed(read(home, ours)) == "canary"


def test_jwt_for_another_audience(home: OpenBao, signer: Signer, jwt_mount: str) -> None:
    token = signer.token(sub="ha", aud="another")

    found = problem(read(home, auth("jwt", jwt_mount, role="ha", jwt=token)))

    assert found.code == "vault-login-refused"
    assert token not in str(found)


# ---- Kubernetes


@pytest.fixture(scope="module")
def kubernetes(certificates: Certificates) -> Iterator[str]:
    with token_reviewer(certificates) as address:
        yield address


@pytest.fixture(scope="module")
def kubernetes_mount(
    home: OpenBao, kubernetes: str, certificates: Certificates, signer: Signer
) -> str:
    mount = home.enable_auth("kubernetes")
    root = home.client()
    root.adapter.post(
        f"/v1/auth/{mount}/config",
        json={
            "kubernetes_host": kubernetes,
            "kubernetes_ca_cert": certificates.ca.read_text(),
            "disable_local_ca_jwt": True,
            "token_reviewer_jwt": service_account_token(signer),
        },
    )
    root.adapter.post(
        f"/v1/auth/{mount}/role/sync",
        json={
            "bound_service_account_names": "sync",
            "bound_service_account_namespaces": "home",
            "token_policies": "login",
        },
    )
    return mount


def service_account_token(signer: Signer) -> str:
    account = {"namespace": "home", "serviceaccount": {"name": "sync", "uid": "uid-1"}}
    return signer.token(
        sub="system:serviceaccount:home:sync", aud=[AUDIENCE], **{"kubernetes.io": account}
    )


def test_kubernetes_with_the_pods_own_token(
    home: OpenBao,
    kubernetes_mount: str,
    signer: Signer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "token").write_text(service_account_token(signer))
    monkeypatch.setattr(parameters, "SERVICE_ACCOUNT_TOKEN", tmp_path / "token")

    assert revealed(read(home, auth("kubernetes", kubernetes_mount, role="sync"))) == "canary"


def test_kubernetes_with_a_token_of_the_manifest(
    home: OpenBao, kubernetes_mount: str, signer: Signer
) -> None:
    ours = auth("kubernetes", kubernetes_mount, role="sync", jwt="env://JWT")

    assert revealed(read(home, ours, JWT=service_account_token(signer))) == "canary"


def test_kubernetes_outside_of_a_pod(home: OpenBao, kubernetes_mount: str) -> None:
    found = problem(read(home, auth("kubernetes", kubernetes_mount, role="sync")))

    assert found.code == "file-missing"
    assert "/var/run/secrets/kubernetes.io/serviceaccount/token" in found.what


# ---- TLS certificate


@pytest.fixture(scope="module")
def tls_home(tls_vault: openbao.SealedOpenBao, certificates: Certificates) -> openbao.SealedOpenBao:
    prepare(tls_vault)
    tls_vault.client().sys.enable_auth_method("cert")
    tls_vault.client().adapter.post(
        "/v1/auth/cert/certs/ha",
        json={"certificate": certificates.ca.read_text(), "token_policies": "login"},
    )
    return tls_vault


@pytest.mark.parametrize("values", [{}, {"name": "ha"}])
def test_cert(
    tls_home: openbao.SealedOpenBao, certificates: Certificates, values: dict[str, str]
) -> None:
    environ = {
        "VAULT_CACERT": str(certificates.ca),
        "VAULT_CLIENT_CERT": str(certificates.client.certificate),
        "VAULT_CLIENT_KEY": str(certificates.client.key),
    }

    assert revealed(read(tls_home, auth("cert", **values), **environ)) == "canary"


def test_cert_without_a_certificate(
    tls_home: openbao.SealedOpenBao, certificates: Certificates
) -> None:
    found = problem(read(tls_home, auth("cert"), VAULT_CACERT=str(certificates.ca)))

    assert found.code == "vault-auth-parameter"
    assert "VAULT_CLIENT_CERT" in found.hint


# ---- what the redactor must know


def test_all_that_a_login_shows_is_kept_for_the_redactor(
    home: OpenBao, approle: tuple[str, str, str]
) -> None:
    mount, role, secret = approle
    settings = VaultSettings(auth=auth("approle", mount, role_id=role, secret_id=secret))

    with SecretReader(settings, {"VAULT_ADDR": home.address}) as reader:
        reader.read([vault_reference("vault://login-kv/a#key")])
        kept = {found.reveal() for found in reader.secrets()}

    assert {role, secret, "canary"} < kept
    assert any(value.startswith("s.") for value in kept)  # the token that OpenBao gave us
