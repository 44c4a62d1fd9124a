"""A request to a token endpoint, as Home Assistant would send it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Integration
    from appcreds_sync.model.secret import Secret
    from appcreds_sync.oauth.client import ClientToVerify

BOGUS_CODE: Final = "appcreds-sync-verify"
"""An operator who finds it in a log knows who asked."""
_CODE_VERIFIER: Final = "-".join([BOGUS_CODE] * 3)
"""PKCE's, of 43 to 128 characters (RFC 7636). Always the same, so that answers can be compared."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What is asked of the endpoint."""

    token_url: str
    grant: Literal["authorization_code", "client_credentials"]
    client_id: str
    client_secret: Secret
    client_auth: str
    """OAuth's registered words, and `client_secret_basic+post` for both at once."""
    redirect_uri: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    """Beyond the grant's own, the client's id and its secret."""
    basic_form_encoded: bool = False

    def all_but_secret(self) -> tuple[object, ...]:
        """Return what tells it from other requests, and may be kept."""
        names = (each.name for each in fields(self) if each.name != "client_secret")
        return tuple(getattr(self, name) for name in names)

    @property
    def in_body(self) -> bool:
        """Whether id and secret stand in the body."""
        return self.client_auth != "client_secret_basic"

    def basic_header(self) -> str | None:
        """Return the Authorization header, or None where the body has it all."""
        if self.client_auth not in {"client_secret_basic", "client_secret_basic+post"}:
            return None
        name, password = self.client_id, self.client_secret.reveal()
        if self.basic_form_encoded:
            name, password = quote_plus(name), quote_plus(password)
        return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode('ascii')}"


def code_request(client: ClientToVerify, facts: Integration, token_url: str) -> TokenRequest:
    """Return the request that would turn a code into a token, with a code that nobody issued."""
    parameters = facts.token_parameters
    if facts.pkce:
        parameters = (*parameters, ("code_verifier", _CODE_VERIFIER))
    return TokenRequest(
        token_url=token_url,
        grant="authorization_code",
        client_id=client.client_id,
        client_secret=client.client_secret,
        client_auth=facts.client_auth,
        redirect_uri=client.redirect_uri,
        parameters=parameters,
        basic_form_encoded=facts.basic_form_encoded,
    )
