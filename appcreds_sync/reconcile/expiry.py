"""Secrets that the provider will soon refuse, as far as the manifest knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from appcreds_sync.model.manifest import CredentialSpec, Manifest


def expiry_warnings(manifest: Manifest, today: dt.date) -> Iterator[Problem]:
    """Yield a warning for each credential whose `expires` is past or near, as of `today`."""
    ahead = manifest.policy.expires_warn
    for spec in manifest.credentials.values():
        if spec.expires is not None and spec.expires - today <= ahead:
            yield _warning(spec, spec.expires, today)


def _warning(spec: CredentialSpec, expires: dt.date, today: dt.date) -> Problem:
    days = (expires - today).days
    hint = "get a new secret from the provider, put it in its place, then set `expires` anew"
    if days < 0:
        what = f"the secret of {spec.name} expired on {expires}"
        return Problem("expired", what, hint, str(spec.mark))
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days, on {expires}"
    return Problem(
        "expires-soon", f"the secret of {spec.name} expires {when}", hint, str(spec.mark)
    )
