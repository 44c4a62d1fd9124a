"""Each case against the real OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.secrets.reader import SecretReader
from tests.secrets.references import problem, read_one, revealed, vault_reference
from tests.secrets.vault.fake import Reply, errors, secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.openbao import OpenBao
    from tests.secrets.vault.fake import FakeVault


@pytest.fixture
def hidden_mounts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer 403 to the question about mounts, as a strict proxy would; collect the questions."""
    questions: list[str] = []
    send = requests.adapters.HTTPAdapter.send

    def hide(
        adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        response = send(adapter, request, **options)  # type: ignore[arg-type]  # handed through
        if "/sys/internal/ui/mounts/" in request.path_url:
            questions.append(request.path_url)
            response.status_code = 403
            response._content = b'{"errors": ["permission denied"]}'
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", hide)
    return questions


@pytest.mark.parametrize("kind", [1, 2])
def test_a_mount_with_slashes(vault: OpenBao, environ: dict[str, str], kind: int) -> None:
    mount = vault.mount_kv(kind, f"team{kind}/smart/home")
    kv = vault.client().secrets.kv
    write = (kv.v1 if kind == 1 else kv.v2).create_or_update_secret
    write("ha/spotify", {"key": "canary"}, mount_point=mount)

    assert revealed(read_one(f"vault://{mount}/ha/spotify#key", environ)) == "canary"


def test_each_mount_is_asked_for_once(
    vault: OpenBao, environ: dict[str, str], asked: list[str]
) -> None:
    mounts = [vault.mount_kv(2), vault.mount_kv(1)]
    asked.clear()
    references = [vault_reference(f"vault://{m}/p{n}#key") for m in mounts for n in range(30)]

    with SecretReader(VaultSettings(), environ) as reader:
        reader.read(references)

    assert sum("/sys/internal/ui/mounts/" in request for request in asked) == 2


def test_no_such_mount(environ: dict[str, str]) -> None:
    found = problem(read_one("vault://no/such/mount#key", environ))

    assert found.code == "vault-mount-missing"


def test_an_engine_of_another_kind(vault: OpenBao, environ: dict[str, str]) -> None:
    vault.client().sys.enable_secrets_engine("transit", path="transit-mounts")

    found = problem(read_one("vault://transit-mounts/keys/a#key", environ))

    assert found.code == "vault-not-kv"
    assert "transit" in found.what


@pytest.mark.parametrize("kind", [1, 2])
def test_no_policy_can_hide_the_mount_of_what_may_be_read(
    vault: OpenBao, environ: dict[str, str], allowed: Callable[..., str], kind: int
) -> None:
    mount = vault.mount_kv(kind, f"deep{kind}/mount")
    kv = vault.client().secrets.kv
    write = (kv.v1 if kind == 1 else kv.v2).create_or_update_secret
    write("a", {"key": "canary"}, mount_point=mount)
    environ["VAULT_TOKEN"] = allowed(
        'path "sys/internal/ui/mounts/*" { capabilities = ["deny"] }'
        f'path "{mount}/*" {{ capabilities = ["read"] }}'
    )

    assert revealed(read_one(f"vault://{mount}/a#key", environ)) == "canary"


@pytest.mark.usefixtures("hidden_mounts")
@pytest.mark.parametrize("kind", [1, 2])
def test_where_mounts_are_hidden_the_first_part_is_tried(
    vault: OpenBao, environ: dict[str, str], kind: int
) -> None:
    mount = vault.mount_kv(kind)
    kv = vault.client().secrets.kv
    write = (kv.v1 if kind == 1 else kv.v2).create_or_update_secret
    write("a/b", {"key": "canary"}, mount_point=mount)

    assert revealed(read_one(f"vault://{mount}/a/b#key", environ)) == "canary"
    assert problem(read_one(f"vault://{mount}/b#key", environ)).code == "vault-path-missing"


@pytest.mark.usefixtures("hidden_mounts")
def test_a_deleted_version_is_told_even_if_mounts_are_hidden(
    vault: OpenBao, environ: dict[str, str]
) -> None:
    mount = vault.mount_kv(2)
    kv = vault.client().secrets.kv.v2
    kv.create_or_update_secret("a", {"key": "canary"}, mount_point=mount)
    kv.delete_latest_version_of_secret("a", mount_point=mount)

    assert problem(read_one(f"vault://{mount}/a#key", environ)).code == "vault-version-deleted"


@pytest.mark.usefixtures("hidden_mounts")
def test_a_missing_right_is_told_even_if_mounts_are_hidden(
    vault: OpenBao, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    mount = vault.mount_kv(2)
    environ["VAULT_TOKEN"] = allowed('path "elsewhere/*" { capabilities = ["read"] }')

    assert problem(read_one(f"vault://{mount}/a#key", environ)).code == "vault-forbidden"


def test_a_namespace_of_the_reference(vault: OpenBao, environ: dict[str, str]) -> None:
    root = vault.client()
    root.adapter.post("/v1/sys/namespaces/homes")
    inside = vault.client()
    inside.adapter.namespace = "homes"
    inside.sys.enable_secrets_engine("kv", path="kv", options={"version": "1"})
    inside.secrets.kv.v1.create_or_update_secret("a", {"key": "canary"}, mount_point="kv")

    assert revealed(read_one("vault://kv/a?namespace=homes#key", environ)) == "canary"
    assert problem(read_one("vault://kv/a#key", environ)).code == "vault-mount-missing"
    settings = VaultSettings(namespace="homes/")
    assert revealed(read_one("vault://kv/a#key", environ, settings)) == "canary"


@pytest.mark.parametrize("namespace", ["no/such", "n%C3%A4he"])
def test_a_namespace_that_does_not_exist(environ: dict[str, str], namespace: str) -> None:
    found = problem(read_one(f"vault://kv/a?namespace={namespace}#key", environ))

    assert found.code == "vault-namespace-missing"


def test_one_missing_namespace_does_not_keep_others_from_being_read(
    vault: OpenBao, environ: dict[str, str]
) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.create_or_update_secret("a", {"key": "canary"}, mount_point=mount)
    good = vault_reference(f"vault://{mount}/a#key")
    bad = vault_reference(f"vault://{mount}/a?namespace=nowhere#key")

    with SecretReader(VaultSettings(), environ) as reader:
        values = reader.read([bad, good]).values

    assert revealed(values[good]) == "canary"
    assert problem(values[bad]).code == "vault-namespace-missing"


def test_an_old_vault_that_does_not_know_the_question(fake: FakeVault) -> None:
    fake.replies = [secret("canary")]
    fake.mounts = errors(404)

    assert revealed(read_one("vault://kv/a#key", fake.environ)) == "canary"


def test_an_answer_about_mounts_that_makes_no_sense(fake: FakeVault) -> None:
    fake.mounts = Reply(200, {"data": {"path": "other/", "type": "kv"}})

    assert problem(read_one("vault://kv/a#key", fake.environ)).code == "vault-error"


def test_hidden_mounts_are_guessed_once_for_many_paths(
    vault: OpenBao, environ: dict[str, str], hidden_mounts: list[str]
) -> None:
    mount = vault.mount_kv(2)
    write = vault.client().secrets.kv.v2.create_or_update_secret
    for name in "abc":
        write(name, {"key": "canary"}, mount_point=mount)
    references = [vault_reference(f"vault://{mount}/{name}#key") for name in "abc"]

    with SecretReader(VaultSettings(concurrency=1), environ) as reader:
        values = reader.read(references).values

    assert {revealed(found) for found in values.values()} == {"canary"}
    assert len(hidden_mounts) == 1
