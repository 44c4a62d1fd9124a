from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.model.errors import SecretsError
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.secrets.vault import kv, removing
from tests.secrets.vault.test_writing import logged_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.openbao import OpenBao


class Place:
    """A path in a fresh engine, seen by the root token."""

    def __init__(self, vault: OpenBao, version: int) -> None:
        self.mount = vault.mount_kv(version)
        self._vault = vault
        secrets = vault.client().secrets.kv
        self._kv: Any = secrets.v1 if version == 1 else secrets.v2

    def put(self, **values: str) -> None:
        self._kv.create_or_update_secret("a", values, mount_point=self.mount)

    def read(self, version: int | None = None) -> dict[str, str]:
        """Return what a version holds, the newest if none is given; nothing where it is deleted."""
        found = self._kv.read_secret_version(
            "a", version, mount_point=self.mount, raise_on_deleted_version=False
        )
        return found["data"]["data"] or {}

    def remove(self, token: str | None = None) -> None:
        environ = {"VAULT_ADDR": self._vault.address, "VAULT_TOKEN": token or self._vault.token}
        with logged_in(environ) as client:
            removing.remove(client, VaultReference(f"{self.mount}/a", "ours"))


def test_with_the_last_key_goes_the_newest_version_and_no_other(vault: OpenBao) -> None:
    place = Place(vault, 2)
    place.put(ours="1")
    place.put(ours="2")

    place.remove()

    assert place.read() == {}
    assert place.read(1) == {"ours": "1"}


@pytest.mark.parametrize("beside", [{}, {"note": "x"}])
def test_what_somebody_else_writes_meanwhile_stays(
    beside: dict[str, str], vault: OpenBao, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(vault, 2)
    place.put(ours="1", **beside)
    read = kv.read

    def overtaken(*arguments: Any) -> object:
        found = read(*arguments)
        place.put(ours="theirs")
        return found

    monkeypatch.setattr(kv, "read", overtaken)
    if beside:
        with pytest.raises(SecretsError, match="was changed while we were at work"):
            place.remove()
    else:
        place.remove()

    assert place.read() == {"ours": "theirs"}


def _policy(**rights: str) -> str:
    return "".join(f'path "{path}" {{ capabilities = [{may}] }}\n' for path, may in rights.items())


@pytest.mark.parametrize(
    ("version", "beside", "address", "right"),
    [
        (1, {}, "a", "delete"),
        (1, {"note": "x"}, "a", "update"),
        (2, {}, "delete/a", "update"),
        (2, {"note": "x"}, "data/a", "update"),
    ],
)
def test_says_what_the_policy_lacks_and_that_is_enough(  # noqa: PLR0917 -- two fixtures
    version: int,
    beside: dict[str, str],
    address: str,
    right: str,
    vault: OpenBao,
    allowed: Callable[..., str],
) -> None:
    place = Place(vault, version)
    place.put(ours="1", **beside)
    may_read = {f"{place.mount}/{'data/' if version == 2 else ''}a": '"read"'}
    address = f"{place.mount}/{address}"

    with pytest.raises(SecretsError) as raised:
        place.remove(allowed(_policy(**may_read)))

    lacking = f'path "{address}" {{ capabilities = ["{right}"] }}'
    assert raised.value.problem.hint == f"delete it by hand; its policy lacks {lacking}"
    place.remove(allowed(_policy(**{**may_read, address: f'"read", "{right}"'})))


@pytest.mark.parametrize("version", [1, 2])
def test_where_nothing_is_nothing_is_deleted_and_that_is_said(version: int, vault: OpenBao) -> None:
    place = Place(vault, version)

    with pytest.raises(SecretsError) as raised:
        place.remove()

    assert raised.value.problem.code == "vault-path-missing"
