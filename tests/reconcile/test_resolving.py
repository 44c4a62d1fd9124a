from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.desired import NotRead, Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.secret import Secret
from appcreds_sync.reconcile.resolving import resolve
from appcreds_sync.secrets.reader import Readings, SecretReader
from tests.planning.builders import CATALOGUE, MARK, absent
from tests.reconcile.manifests import credential, directory, live, manifest, reference

if TYPE_CHECKING:
    from collections.abc import Collection

    from appcreds_sync.model.manifest import Manifest
    from appcreds_sync.model.reference import Reference
    from appcreds_sync.reconcile.resolving import Resolution

ENVIRONMENT = {"TOKEN": "canary-token", "SECRET": "canary-secret", "CLIENT": "a-client"}
IN_VAULT = "vault://kv/ha/spotify#client_secret"


class Noting(SecretReader):
    """The real reader; notes what it is asked, all of it in one go."""

    asked: tuple[str, ...] | None = None

    def read(self, references: Collection[Reference]) -> Readings:
        assert self.asked is None
        self.asked = tuple(str(it) for it in references)
        return super().read(references)


def resolved(
    wish: Manifest, *, read_secrets: bool = True, reader: SecretReader | None = None
) -> Resolution:
    reader = reader or SecretReader(wish.vault, ENVIRONMENT)
    return resolve(wish, tuple(wish.stores.values()), CATALOGUE, reader, read_secrets=read_secrets)


def test_values_are_put_where_their_references_stood() -> None:
    wish = manifest(live(), credential(client_id=reference("env://CLIENT")))
    (store,) = resolved(wish).stores
    assert store.token == Secret("canary-token")
    (found,) = store.desired.credentials
    assert found.client_id == "a-client"
    assert found.client_secret == Resolved(Secret("canary-secret"))


def test_a_directory_needs_no_token() -> None:
    (store,) = resolved(manifest(directory())).stores
    assert store.token is None


def test_no_secret_where_none_is_needed_is_the_empty_one() -> None:
    (store,) = resolved(manifest(directory(), credential(secret=None))).stores
    assert store.desired.credentials[0].client_secret == Resolved(Secret(""))


def test_each_reference_is_read_once_however_many_need_it() -> None:
    wish = manifest(live("a"), live("b"), credential("one"), credential("two"))
    reader = Noting(wish.vault, ENVIRONMENT)
    resolved(wish, reader=reader)
    assert reader.asked == ("env://TOKEN", "env://SECRET")


def test_the_store_s_name_makes_references_of_its_own() -> None:
    wish = manifest(
        live("a", "env://TOKEN_{store}"),
        live("b", "env://TOKEN_{store}"),
        credential(client_id="{store}-client", secret="env://SECRET_{store}"),
    )
    reader = Noting(wish.vault, {"SECRET_a": "for-a", "SECRET_b": "for-b"} | {"TOKEN_a": "x"})
    a, b = resolved(wish, reader=reader).stores
    assert reader.asked == ("env://TOKEN_a", "env://TOKEN_b", "env://SECRET_a", "env://SECRET_b")
    assert [it.desired.credentials[0].client_id for it in (a, b)] == ["a-client", "b-client"]
    assert b.desired.credentials[0].client_secret == Resolved(Secret("for-b"))
    assert isinstance(b.token, Problem)


def test_what_no_chosen_store_needs_is_not_read() -> None:
    wish = manifest(
        directory("near"), directory("far"), credential(stores=("far",)), credential("b")
    )
    reader = Noting(wish.vault, ENVIRONMENT)
    resolve(wish, [wish.stores["near"]], CATALOGUE, reader)
    assert reader.asked == ("env://SECRET",)


def test_what_can_not_be_read_is_told_once_and_stands_in_its_place_with_the_line() -> None:
    wish = manifest(
        directory("a"), directory("b"), credential("x", secret="env://GONE"), credential("y")
    )
    found = resolved(wish)
    (failure,) = found.failures
    for store in found.stores:
        broken, fine = (it.client_secret for it in store.desired.credentials)
        assert isinstance(broken, Problem)
        assert (broken.code, broken.where) == (failure.code, str(MARK))
        assert isinstance(fine, Resolved)


def test_without_secrets_only_tokens_outside_of_vault_are_read() -> None:
    wish = manifest(
        live("a"),
        live("b", IN_VAULT),
        credential(client_id=reference("env://CLIENT")),
        credential("plain"),
    )
    reader = Noting(wish.vault, ENVIRONMENT)
    found = resolved(wish, read_secrets=False, reader=reader)
    assert reader.asked == ("env://TOKEN",)
    a, b = found.stores
    assert (a.token, b.token) == (Secret("canary-token"), NotRead())
    by_reference, plain = a.desired.credentials
    assert (by_reference.client_id, by_reference.client_secret) == (NotRead(), NotRead())
    assert (plain.client_id, plain.client_secret) == ("client", NotRead())
    assert found.failures == ()


def test_absent_rules_go_to_the_stores_that_they_name() -> None:
    everywhere = absent("spotify", "id", "x")
    wish = manifest(directory("a"), directory("b"), absent=(everywhere,))
    assert [it.desired.absent for it in resolved(wish).stores] == [(everywhere,)] * 2


def test_nothing_of_it_shows_a_secret() -> None:
    wish = manifest(live(), credential(), credential("broken", secret="env://GONE"))
    assert "canary" not in repr(resolved(wish))
