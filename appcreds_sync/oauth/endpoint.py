"""Where a client is verified, or why it can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from appcreds_sync.model.verdict import Verdict, VerdictKind

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Integration
    from appcreds_sync.oauth.client import ClientToVerify

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def endpoint_of(
    client: ClientToVerify, facts: Integration, *, loopback_http: bool
) -> str | Verdict:
    """Return the token endpoint's URL, or the verdict where there is nothing or nobody to ask."""
    if not facts.secret_required or facts.client_auth == "none":
        return _skipped("secret-unused", f"Home Assistant sends no secret for {facts.domain}")
    if not client.client_secret.reveal():
        return _skipped("no-secret", "no secret is declared")
    url = client.token_url or facts.token_url
    if not url:
        return _unknown(
            "no-token-url",
            f"the provider of {facts.domain} is not known; "
            "name its token endpoint by `token_url` in the manifest",
        )
    if "{" in url:
        return _unknown(
            "token-url-depends",
            f"the token endpoint of {facts.domain} differs from account to account ({url}); "
            "name yours by `token_url` in the manifest",
        )
    return _checked(url, loopback_http=loopback_http)


def host_of(token_url: str) -> str:
    """Return the host as a person knows it, with the port where one is given."""
    parts = urlsplit(token_url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host


def _checked(url: str, *, loopback_http: bool) -> str | Verdict:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return _unknown("bad-token-url", "`token_url` is not a URL; write https://host/path")
    if parts.username is not None or parts.password is not None:
        return _unknown("bad-token-url", "`token_url` holds a user or password; leave them out")
    plain_is_fine = loopback_http and parts.hostname in LOOPBACK
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and plain_is_fine)
    ):
        return _unknown(
            "bad-token-url", "`token_url` must begin with https://: a secret is sent there"
        )
    return url


def _skipped(code: str, words: str) -> Verdict:
    return Verdict(VerdictKind.SKIPPED, code, words)


def _unknown(code: str, words: str) -> Verdict:
    return Verdict(VerdictKind.UNKNOWN, code, words)
