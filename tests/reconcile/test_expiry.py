from __future__ import annotations

import datetime as dt
from types import MappingProxyType

import pytest

from appcreds_sync.model.manifest import CredentialSpec, Manifest, Policy, VaultSettings
from appcreds_sync.reconcile.expiry import expiry_warnings
from tests.planning.builders import MARK

TODAY = dt.date(2027, 1, 1)


def warned(expires: dt.date | None, *, ahead: dt.timedelta | None = None) -> list[tuple[str, str]]:
    spec = CredentialSpec(
        "lab",
        ("oauth_lab",),
        "client",
        None,
        None,
        (),
        MappingProxyType({}),
        "block",
        expires,
        MARK,
    )
    policy = Policy() if ahead is None else Policy(expires_warn=ahead)
    manifest = Manifest("home", (), VaultSettings(), {}, {"lab": spec}, (), policy, ())
    return [(it.code, it.what) for it in expiry_warnings(manifest, TODAY)]


@pytest.mark.parametrize(
    ("days", "code", "says"),
    [
        (-400, "expired", "expired on 2025-11-27"),
        (-1, "expired", "expired on 2026-12-31"),
        (0, "expires-soon", "expires today"),
        (1, "expires-soon", "expires tomorrow"),
        (30, "expires-soon", "expires in 30 days, on 2027-01-31"),
    ],
)
def test_what_is_past_or_near_is_told(days: int, code: str, says: str) -> None:
    ((found, what),) = warned(TODAY + dt.timedelta(days=days))
    assert (found, what) == (code, f"the secret of lab {says}")


def test_what_is_far_off_or_unknown_is_not() -> None:
    assert warned(TODAY + dt.timedelta(days=31)) == []
    assert warned(None) == []


def test_the_policy_says_how_far_ahead() -> None:
    soon = TODAY + dt.timedelta(days=10)
    assert warned(soon, ahead=dt.timedelta(days=9)) == []
    assert len(warned(soon, ahead=dt.timedelta(days=10))) == 1
