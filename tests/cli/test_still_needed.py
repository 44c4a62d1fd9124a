from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from appcreds_sync.cli.still_needed import needed_by
from appcreds_sync.manifest import load
from appcreds_sync.oauth.catalogue import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.model.manifest import Manifest

GOING = "vault://secret/x#s"


def _load(folder: Path, *credentials: str, head: str = "", stores: str = "") -> Manifest:
    body = "".join(f"  {line}\n" for line in credentials)
    path = folder / "appcreds.yaml"
    path.write_text(
        f"version: 1\nowner: home\nstores: {{ha: {{directory: ha}}{stores}}}\n{head}"
        f"credentials:\n{body}"
    )
    return load(path, catalogue=load_catalogue()).manifest


def _needed(folder: Path, going: str, *others: str, head: str = "", stores: str = "") -> str | None:
    """Return what needs the secret at `going` once the credential that had it has gone."""
    kept = [f"other{n}: {{integration: netatmo, {other}}}" for n, other in enumerate(others)]
    goes = f"goes: {{integration: spotify, client_id: a, client_secret: {going}}}"
    before = _load(folder, goes, *kept, head=head, stores=stores)
    spec = before.credentials["goes"]
    assert spec.client_secret is not None
    after = replace(
        before, credentials={n: c for n, c in before.credentials.items() if n != "goes"}
    )
    (folder / "appcreds.yaml").write_text("")
    return needed_by(spec.client_secret.at("ha"), after, {})


@pytest.mark.parametrize(
    ("going", "other"),
    [
        (GOING, "client_id: b, client_secret: 'vault://secret/x#s'"),
        (GOING, "client_id: 'vault://secret/x#s', client_secret: 'env://S'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/x?version=1#s'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/x?version=3#other'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/x?namespace=team#s'"),
        (GOING, "client_id: b, client_secret: 'vault://team/secret/x#s'"),
        ("vault://team/secret/x#s", f"client_id: b, client_secret: '{GOING}'"),
        (GOING, "client_id: b, client_secret: 'vault:///secret/x/#s'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/%78#%73'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/{store}#s', stores: [x]"),
        ("env://S", "client_id: b, client_secret: 'env://S'"),
        ("file:./s", "client_id: b, client_secret: 'file:././s'"),
        ("!secret s", "client_id: b, client_secret: !secret s"),
        ("!secret s", "client_id: !secret s, client_secret: 'env://S'"),
    ],
)
def test_another_credential_needs_it(going: str, other: str, tmp_path: Path) -> None:
    quoted = going if going.startswith("!") else f"'{going}'"
    stores = ", x: {directory: x}"

    assert _needed(tmp_path, quoted, other, stores=stores) == "other0"


@pytest.mark.parametrize(
    ("going", "other"),
    [
        (GOING, "client_id: b, client_secret: 'vault://secret/x#other'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/y#s'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/xx?version=1#s'"),
        (GOING, "client_id: b, client_secret: 'vault://secret/{store}#s', stores: [ha]"),
        ("!secret s", "client_id: b, client_secret: !secret ss"),
        ("!secret s", "client_id: b, client_secret: 'env://s'"),
    ],
)
def test_another_place_is_no_reason(going: str, other: str, tmp_path: Path) -> None:
    quoted = going if going.startswith("!") else f"'{going}'"

    assert _needed(tmp_path, quoted, other, stores=", x: {directory: x}") is None


def test_a_store_may_need_it_for_its_token(tmp_path: Path) -> None:
    house = ", house: {url: 'http://127.0.0.1', token: !secret s}"

    assert _needed(tmp_path, "!secret s", stores=house) == "the token of house"


def test_the_login_to_vault_may_need_it(tmp_path: Path) -> None:
    head = "vault: {auth: {method: userpass, username: u, password: !secret s}}\n"

    assert _needed(tmp_path, "!secret s", head=head) == "the login to Vault"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("configuration.yaml", "x: !secret s\n"),
        ("packages/deep/x.yml", "- {y: !secret  's'}\n"),
        ("staging.yaml", "# x: !secret s\n"),
    ],
)
def test_another_yaml_file_that_looks_there_may_need_it(
    name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / "secrets.yaml").write_text("s: v\n")
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)

    assert _needed(tmp_path, "!secret s") == str(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("configuration.yaml", "x: !secret s2\n"),
        ("configuration.yaml", "x: !secret s.x\n"),
        ("notes.md", "x: !secret s\n"),
        (".git/x.yaml", "x: !secret s\n"),
    ],
)
def test_a_file_that_does_not_name_it_is_no_reason(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("s: v\n")
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)

    assert _needed(tmp_path, "!secret s") is None


def test_a_linked_secrets_file_serves_the_folder_where_it_lies(tmp_path: Path) -> None:
    config, repository = tmp_path / "config", tmp_path / "repository"
    config.mkdir()
    repository.mkdir()
    (config / "secrets.yaml").write_text("s: v\n")
    (config / "configuration.yaml").write_text("x: !secret s\n")
    (repository / "secrets.yaml").symlink_to(config / "secrets.yaml")

    assert _needed(repository, "!secret s") == str(config / "configuration.yaml")


def test_a_linked_folder_is_looked_through_once(tmp_path: Path) -> None:
    config, shared = tmp_path / "config", tmp_path / "shared"
    config.mkdir()
    shared.mkdir()
    (config / "secrets.yaml").write_text("s: v\nother: v\n")
    (config / "packages").symlink_to(shared)
    (shared / "back").symlink_to(config)
    (shared / "x.yaml").write_text("x: !secret s\n")

    assert _needed(config, "!secret s") == str(config / "packages" / "x.yaml")
    assert _needed(config, "!secret other") is None


def test_a_file_that_can_not_be_read_may_need_it(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("s: v\n")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")

    assert "loop.yaml, perhaps" in str(_needed(tmp_path, "!secret s"))
