"""What is known beforehand of the integrations that speak OAuth2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Integration:
    """The facts of one integration; the defaults are right for one that nobody knows."""

    domain: str
    authorize_url: str | None = None
    token_url: str | None = None
    pkce: bool = False
    client_auth: str = "client_secret_post"
    """How HA authenticates the client to the token endpoint, in OAuth's registered words."""
    secret_required: bool = True
    built_in_credential: bool = False
    """HA makes a credential itself, with `auth_domain` = the domain; it is never ours."""
    single_implementation: bool = False
    """Always registers under its own domain name: only the last item counts."""
    basic_form_encoded: bool = False
    """HA encodes id and secret as a form before Basic, as RFC 6749 has it; most leave that out."""
    token_parameters: tuple[tuple[str, str], ...] = ()
    """What HA adds to a token request beyond OAuth's own: names and values."""
    secret_months: int | None = None
    """How long the provider lets a secret live at most; None where it does not run out."""
    notes: str = ""


Catalogue = Mapping[str, Integration]
"""By domain. A domain that is absent is a custom or a newer integration: nothing is known of it."""


def facts_of(catalogue: Catalogue, domain: str) -> Integration:
    """Return the catalogue's row for `domain`, or the defaults where it has none."""
    return catalogue.get(domain) or Integration(domain)
