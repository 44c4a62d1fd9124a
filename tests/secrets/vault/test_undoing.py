from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from appcreds_sync.model.errors import SecretsError
from appcreds_sync.model.reference import VaultReference
from appcreds_sync.secrets.vault import undoing, writing
from tests.secrets.vault.test_writing import SECRET, logged_in

if TYPE_CHECKING:
    from tests.lab.openbao import OpenBao


class Place:
    """A path in an engine of version 2, seen by the root token."""

    def __init__(self, vault: OpenBao, **values: str) -> None:
        self._vault = vault
        self._mount = vault.mount_kv(2)
        self._kv = vault.client().secrets.kv.v2
        if values:
            self.put(**values)

    def put(self, **values: str) -> None:
        self._kv.create_or_update_secret("a", values, mount_point=self._mount)

    def add_and_undo(self, *, meanwhile: dict[str, str] | None = None) -> None:
        """Add a key, let somebody else write `meanwhile`, and take the key back."""
        environ = {"VAULT_ADDR": self._vault.address, "VAULT_TOKEN": self._vault.token}
        with logged_in(environ) as client:
            reference = VaultReference(f"{self._mount}/a", "ours")
            (write,) = writing.prepare(client, {reference: SECRET})
            version = writing.write(client, write)
            assert version is not None
            if meanwhile is not None:
                self.put(**meanwhile)
            undoing.undo(client, write, version)

    def newest(self) -> tuple[int, dict[str, Any]]:
        """Return the newest version and what it holds, nothing where it is deleted."""
        found = self._kv.read_secret_version(
            "a", mount_point=self._mount, raise_on_deleted_version=False
        )
        return found["data"]["metadata"]["version"], found["data"]["data"] or {}


def test_a_secret_that_was_new_is_deleted(vault: OpenBao) -> None:
    place = Place(vault)

    place.add_and_undo()

    assert place.newest() == (1, {})


def test_what_stood_beside_it_stands_there_again(vault: OpenBao) -> None:
    place = Place(vault, note="x")

    place.add_and_undo()

    assert place.newest() == (3, {"note": "x"})


def test_what_somebody_else_wrote_meanwhile_stays(vault: OpenBao) -> None:
    place = Place(vault)

    place.add_and_undo(meanwhile={"theirs": "y"})

    assert place.newest() == (2, {"theirs": "y"})


def test_keys_of_somebody_else_are_not_written_over(vault: OpenBao) -> None:
    place = Place(vault, note="x")

    with pytest.raises(SecretsError, match="could not be taken back"):
        place.add_and_undo(meanwhile={"theirs": "y"})

    assert place.newest() == (3, {"theirs": "y"})
