"""One declared credential, and a replace of it under a linked account."""

from __future__ import annotations

from typing import Final

from appcreds_sync.model.declaration import Declaration
from appcreds_sync.model.desired import Desired, DesiredCredential, Resolved
from appcreds_sync.model.identity import Identity
from appcreds_sync.model.manifest import Policy
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.plan import Action, Change, EntryRef
from appcreds_sync.model.secret import Secret

IDENTITY: Final = Identity("google", "home.google")
REPLACE: Final = Change(
    Action.REPLACE,
    IDENTITY,
    "google",
    differs=("client_secret",),
    used_by=(EntryRef("e1", "Ann", "loaded"),),
)


def desired(secret: str) -> Desired:
    """Return what a store is to hold: google's credential, with this secret."""
    declaration = Declaration(
        "google",
        IDENTITY,
        "home.google",
        client_id="client",
        client_secret=None,
        display_name="google",
        compares_name=False,
        if_unsupported="block",
        expires=None,
        mark=Mark("m.yaml", 1, 1),
    )
    row = DesiredCredential(declaration, "client", Resolved(Secret(secret)))
    return Desired("house", "home", (), (row,), (), Policy(), {})
