"""Short ways to a manifest, without a file where none is needed."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from appcreds_sync.model.manifest import (
    CredentialSpec,
    DirectoryStoreSpec,
    LiveStoreSpec,
    Manifest,
    Policy,
    VaultSettings,
)
from appcreds_sync.model.reference import ReferenceText
from tests.planning.builders import MARK

if TYPE_CHECKING:
    from appcreds_sync.model.manifest import AbsentRule, StoreSpec

HERE = Path("/nowhere")


def reference(text: str) -> ReferenceText:
    return ReferenceText(text, "url", MARK, HERE, HERE)


def live(name: str = "house", token: str = "env://TOKEN", *labels: str) -> LiveStoreSpec:  # noqa: S107 - a reference
    return LiveStoreSpec(name, "http://127.0.0.1:9", reference(token), frozenset(labels), MARK)


def directory(name: str = "cabin", *labels: str) -> DirectoryStoreSpec:
    return DirectoryStoreSpec(name, HERE / name, frozenset(labels), MARK)


def credential(
    name: str = "spotify",
    integration: str = "spotify",
    *,
    client_id: str | ReferenceText = "client",
    secret: str | None = "env://SECRET",  # noqa: S107 - a reference
    stores: tuple[str, ...] = (),
    key: str | None = None,
    if_unsupported: Literal["block", "skip"] = "block",
) -> CredentialSpec:
    return CredentialSpec(
        name=name,
        integrations=(integration,),
        client_id=client_id,
        client_secret=None if secret is None else reference(secret),
        display_name=None,
        stores=stores,
        auth_domains=MappingProxyType({} if key is None else {integration: key}),
        if_unsupported=if_unsupported,
        expires=None,
        mark=MARK,
    )


def manifest(
    *parts: StoreSpec | CredentialSpec,
    owner: str = "home",
    absent: tuple[AbsentRule, ...] = (),
    policy: Policy | None = None,
) -> Manifest:
    return Manifest(
        owner=owner,
        former_owners=(),
        vault=VaultSettings(),
        stores={it.name: it for it in parts if not isinstance(it, CredentialSpec)},
        credentials={it.name: it for it in parts if isinstance(it, CredentialSpec)},
        absent=absent,
        policy=policy or Policy(),
        files=(),
    )
