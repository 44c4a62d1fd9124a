"""Each case against the real OpenBao."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.secrets.references import problem, read_one, revealed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.openbao import OpenBao


@pytest.fixture
def kv2(vault: OpenBao) -> str:
    mount = vault.mount_kv(2)
    write(vault, mount, "ha/spotify", client_id="id", client_secret="canary-1")
    return mount


@pytest.fixture
def kv1(vault: OpenBao) -> str:
    mount = vault.mount_kv(1)
    vault.client().secrets.kv.v1.create_or_update_secret(
        "ha/spotify", {"client_secret": "canary-1"}, mount_point=mount
    )
    return mount


def write(vault: OpenBao, mount: str, path: str, **values: object) -> None:
    vault.client().secrets.kv.v2.create_or_update_secret(path, values, mount_point=mount)


def test_a_key_of_kv_v2_with_its_version(vault: OpenBao, kv2: str, environ: dict[str, str]) -> None:
    write(vault, kv2, "ha/spotify", client_secret=" canary-2\n")

    found = read_one(f"vault://{kv2}/ha/spotify#client_secret", environ)

    assert revealed(found) == "canary-2"
    assert getattr(found, "version", None) == 2


def test_an_older_version(vault: OpenBao, kv2: str, environ: dict[str, str]) -> None:
    write(vault, kv2, "ha/spotify", client_secret="canary-2")

    found = read_one(f"vault://{kv2}/ha/spotify?version=1#client_secret", environ)

    assert revealed(found) == "canary-1"
    assert getattr(found, "version", None) == 1


def test_a_key_of_kv_v1_has_no_version(kv1: str, environ: dict[str, str]) -> None:
    found = read_one(f"vault://{kv1}/ha/spotify#client_secret", environ)

    assert revealed(found) == "canary-1"
    assert getattr(found, "version", "none") is None


def test_a_version_of_kv_v1_is_refused(kv1: str, environ: dict[str, str]) -> None:
    found = problem(read_one(f"vault://{kv1}/ha/spotify?version=1#client_secret", environ))

    assert found.code == "vault-version-unsupported"


@pytest.mark.parametrize("path", ["with space", "a+b", "ünï", "per%25cent", "q%3Fm", "ha%23sh"])
def test_unusual_characters_in_path_and_key(
    vault: OpenBao, kv2: str, environ: dict[str, str], path: str
) -> None:
    plain = path.replace("%25", "%").replace("%3F", "?").replace("%23", "#")
    write(vault, kv2, plain, **{"client/secret.": "canary"})

    assert revealed(read_one(f"vault://{kv2}/{path}#client/secret.", environ)) == "canary"


@pytest.mark.parametrize("kind", [1, 2])
def test_nothing_at_the_path(vault: OpenBao, environ: dict[str, str], kind: int) -> None:
    mount = vault.mount_kv(kind)

    found = problem(read_one(f"vault://{mount}/ha/nothing#key", environ))

    assert found.code == "vault-path-missing"
    assert f"{mount}/ha/nothing" in found.what


def test_a_path_copied_from_the_api_is_explained(kv2: str, environ: dict[str, str]) -> None:
    found = problem(read_one(f"vault://{kv2}/data/ha/spotify#client_secret", environ))

    assert found.code == "vault-path-missing"
    assert f"vault://{kv2}/ha/spotify#<key>" in found.hint


def test_a_missing_key_is_guessed_and_the_keys_are_named(kv2: str, environ: dict[str, str]) -> None:
    found = problem(read_one(f"vault://{kv2}/ha/spotify#client_secrt", environ))

    assert found.code == "vault-key-missing"
    assert found.hint == "did you mean `client_secret`? its keys: client_id, client_secret"
    assert "canary" not in str(found)


def test_a_deleted_version_can_come_back(vault: OpenBao, kv2: str, environ: dict[str, str]) -> None:
    vault.client().secrets.kv.v2.delete_latest_version_of_secret("ha/spotify", mount_point=kv2)

    found = problem(read_one(f"vault://{kv2}/ha/spotify#client_secret", environ))

    assert found.code == "vault-version-deleted"
    assert found.hint.endswith(f"vault kv undelete -mount={kv2} -versions=1 ha/spotify")


@pytest.mark.parametrize("query", ["", "?version=1"])
def test_a_destroyed_version_can_not(
    vault: OpenBao, kv2: str, environ: dict[str, str], query: str
) -> None:
    vault.client().secrets.kv.v2.destroy_secret_versions("ha/spotify", [1], mount_point=kv2)

    found = problem(read_one(f"vault://{kv2}/ha/spotify{query}#client_secret", environ))

    assert found.code == "vault-version-destroyed"
    assert "version 1" in found.what


def test_a_version_that_never_was(kv2: str, environ: dict[str, str]) -> None:
    found = problem(read_one(f"vault://{kv2}/ha/spotify?version=7#client_secret", environ))

    assert found.code == "vault-version-missing"
    assert found.hint == "the newest is 1"


def test_a_version_of_a_path_that_never_was(kv2: str, environ: dict[str, str]) -> None:
    found = problem(read_one(f"vault://{kv2}/nothing?version=7#key", environ))

    assert found.code == "vault-path-missing"


def test_a_version_that_will_be_deleted_is_there(vault: OpenBao, environ: dict[str, str]) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.configure(delete_version_after="1h", mount_point=mount)
    write(vault, mount, "ha/spotify", client_secret="canary")

    assert revealed(read_one(f"vault://{mount}/ha/spotify#client_secret", environ)) == "canary"


def test_a_version_whose_time_has_come_is_deleted(vault: OpenBao, environ: dict[str, str]) -> None:
    mount = vault.mount_kv(2)
    vault.client().secrets.kv.v2.configure(delete_version_after="1s", mount_point=mount)
    write(vault, mount, "ha/spotify", client_secret="canary")
    time.sleep(1.1)

    found = problem(read_one(f"vault://{mount}/ha/spotify#client_secret", environ))

    assert found.code == "vault-version-deleted"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (5, "value-not-text"),
        (None, "value-not-text"),
        ({"a": "canary"}, "value-not-text"),
        ("", "value-empty"),
        (" \n", "value-empty"),
        ("canary\ntail", "value-control-character"),
    ],
)
def test_a_value_that_is_no_plain_string(
    vault: OpenBao, kv2: str, environ: dict[str, str], value: object, code: str
) -> None:
    write(vault, kv2, "odd", key=value)

    found = problem(read_one(f"vault://{kv2}/odd#key", environ))

    assert found.code == code
    assert f"`key` at {kv2}/odd in Vault" in found.what
    assert "canary" not in str(found)


def test_no_permission_names_the_line_for_the_policy(
    kv2: str, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    environ["VAULT_TOKEN"] = allowed(f'path "{kv2}/data/other" {{ capabilities = ["read"] }}')

    found = problem(read_one(f"vault://{kv2}/ha/spotify#client_secret", environ))

    assert found.code == "vault-forbidden"
    assert f'path "{kv2}/data/ha/spotify" {{ capabilities = ["read"] }}' in found.hint


def test_the_line_for_the_policy_is_the_one_that_helps(
    kv2: str, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    line = f'path "{kv2}/data/ha/spotify" {{ capabilities = ["read"] }}'
    environ["VAULT_TOKEN"] = allowed(line)

    assert revealed(read_one(f"vault://{kv2}/ha/spotify#client_secret", environ)) == "canary-1"


def test_no_permission_on_kv_v1(
    kv1: str, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    environ["VAULT_TOKEN"] = allowed(f'path "{kv1}/other" {{ capabilities = ["read"] }}')

    found = problem(read_one(f"vault://{kv1}/ha/spotify#client_secret", environ))

    assert found.code == "vault-forbidden"
    assert f'path "{kv1}/ha/spotify"' in found.hint


def test_no_permission_for_anything_in_the_mount(
    kv2: str, environ: dict[str, str], allowed: Callable[..., str]
) -> None:
    environ["VAULT_TOKEN"] = allowed('path "elsewhere/*" { capabilities = ["read"] }')

    found = problem(read_one(f"vault://{kv2}/ha/spotify#client_secret", environ))

    assert found.code == "vault-forbidden"
    assert f'path "{kv2}/data/ha/spotify"' in found.hint
    assert "or there is no such mount" in found.what
