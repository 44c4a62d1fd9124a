from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.lab.certificates import Certificates, make_certificates
from tests.lab.openbao import SealedOpenBao
from tests.secrets.vault.fake import FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.lab.openbao import OpenBao


@pytest.fixture
def environ(vault: OpenBao, tmp_path: Path) -> dict[str, str]:
    """What a person has set who uses the shared OpenBao with its root token."""
    return {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token, "HOME": str(tmp_path)}


@pytest.fixture
def allowed(vault: OpenBao) -> Callable[..., str]:
    """Make a token that may do just what the policy says."""

    def make(policy: str, **options: object) -> str:
        name = f"policy-{abs(hash(policy))}"
        vault.client().sys.create_or_update_policy(name, policy)
        made = vault.client().auth.token.create(policies=[name], **options)
        return str(made["auth"]["client_token"])

    return make


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect `METHOD /path` of every request that goes out; the real server still answers."""
    seen: list[str] = []
    send = requests.adapters.HTTPAdapter.send

    def spy(
        adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        seen.append(f"{request.method} {request.path_url}".removesuffix("?"))
        return send(adapter, request, **options)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", spy)
    return seen


@pytest.fixture
def fake() -> Iterator[FakeVault]:
    """A server that answers what the real one can't be made to answer."""
    with FakeVault() as running:
        yield running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates") / "tls")


@pytest.fixture(scope="session")
def tls_vault(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SealedOpenBao]:
    """One with TLS and a seal, for all tests here: it takes ten seconds to start."""
    folder = tmp_path_factory.mktemp("openbao-tls") / "openbao"
    with SealedOpenBao(folder, certificates) as running:
        yield running
