"""The client that is to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.oauth.redirect import MY_HOME_ASSISTANT

if TYPE_CHECKING:
    from appcreds_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class ClientToVerify:
    """An OAuth client, as one integration would use it."""

    integration: str
    client_id: str
    client_secret: Secret
    redirect_uri: str = MY_HOME_ASSISTANT
    token_url: str | None = None
    """From the manifest; None is the catalogue's."""
