"""What `add` does where the manifest can't be written: somebody else just did."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.cli import adding
from appcreds_sync.cli.add_questions import Wish
from appcreds_sync.model.errors import AppcredsError

if TYPE_CHECKING:
    from tests.cli.conftest import Desk
    from tests.lab.openbao import OpenBao

SECRET = "canary-of-a-client-secret"


def _fail(desk: Desk, patch: pytest.MonkeyPatch, vault_path: str | None = None, **env: str) -> str:
    """Add `xbox` while somebody edits the manifest; return the error."""
    patch.chdir(desk.folder)
    patch.setattr("sys.stdin", io.StringIO(SECRET))
    for name, value in env.items():
        patch.setenv(name, value)
    wish = Wish(
        integrations=("xbox",),
        name=None,
        client_id="a",
        secret_from_stdin=True,
        to=None,
        vault_path=vault_path,
        expires=None,
        stores=(),
    )
    draft = adding.prepare(None, wish)
    desk.declare(head="# edited meanwhile\n")
    with pytest.raises(AppcredsError) as raised:
        adding.write(draft)
    assert "# edited meanwhile" in (desk.folder / "appcreds.yaml").read_text()
    assert SECRET not in str(raised.value)
    return str(raised.value)


def test_a_line_in_secrets_yaml_is_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (desk.folder / "secrets.yaml").read_bytes()

    said = _fail(desk, monkeypatch)

    assert "appcreds.yaml was changed while we were at work" in said
    assert "taken back again: secrets.yaml, as xbox_client_secret" in said
    assert "appcreds.yaml and the stores are as they were" in said
    assert (desk.folder / "secrets.yaml").read_bytes() == before


def test_so_is_a_whole_secrets_yaml(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.declare()
    (desk.folder / "secrets.yaml").unlink()

    assert "taken back again: secrets.yaml" in _fail(desk, monkeypatch)
    assert not (desk.folder / "secrets.yaml").exists()


@pytest.mark.parametrize("beside", [{}, {"note": "x"}])
def test_so_is_a_secret_in_vault(
    beside: dict[str, str], vault: OpenBao, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount, kv = vault.mount_kv(2), vault.client().secrets.kv.v2
    if beside:
        kv.create_or_update_secret("ha/xbox", beside, mount_point=mount)
    desk.declare(head=f"vault: {{address: '{vault.address}'}}\n")

    said = _fail(desk, monkeypatch, f"{mount}/ha/xbox", VAULT_TOKEN=vault.token)

    assert f"taken back again: vault://{mount}/ha/xbox#client_secret" in said
    kept: dict[str, Any] = kv.read_secret_version(
        "ha/xbox", mount_point=mount, raise_on_deleted_version=False
    )["data"]
    assert kept["data"] == (beside or None)
    assert kept["metadata"]["version"] == (3 if beside else 1)


def test_where_that_cannot_be_done_for_certain_it_is_named(
    vault: OpenBao, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = vault.mount_kv(1)
    desk.declare(head=f"vault: {{address: '{vault.address}'}}\n")

    said = _fail(desk, monkeypatch, f"{mount}/ha/xbox", VAULT_TOKEN=vault.token)

    assert f"written, and still there: vault://{mount}/ha/xbox#client_secret" in said
    assert "a value that is there is left as it is" in said
