"""A client to verify, and how tests reach its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.secret import Secret
from appcreds_sync.oauth.client import ClientToVerify
from appcreds_sync.oauth.network import Network
from appcreds_sync.oauth.verify import verify_client
from tests.oauth.fake import SECRET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.verdict import Verdict
    from appcreds_sync.oauth.rules import ProviderRules


LOOPBACK = Network(connect_timeout=2, read_timeout=2, loopback_http=True)
ID = "an id:with%signs"


def verify(
    url: str,
    facts: Integration | None = None,
    *,
    secret: str = SECRET,
    network: Network = LOOPBACK,
    providers: Sequence[ProviderRules] = (),
) -> Verdict:
    facts = facts or Integration("thing")
    client = ClientToVerify(facts.domain, ID, Secret(secret), token_url=url)
    return verify_client(client, {facts.domain: facts}, providers=providers, network=network)
