"""Is a client's id and secret right? One client, asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.verdict import Verdict
from appcreds_sync.oauth.endpoint import endpoint_of
from appcreds_sync.oauth.network import Network, send
from appcreds_sync.oauth.probe import probe
from appcreds_sync.oauth.request import code_request
from appcreds_sync.oauth.rules import load_providers, rules_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.oauth.client import ClientToVerify
    from appcreds_sync.oauth.rules import ProviderRules


def verify_client(
    client: ClientToVerify,
    catalogue: Catalogue,
    *,
    providers: Sequence[ProviderRules] | None = None,
    network: Network | None = None,
) -> Verdict:
    """Ask the client's provider, and return its verdict; blocks, and raises nothing for answers.

    Takes at most 15 s a request, of which there are one to four. The provider sees a bogus code,
    once with the real secret and once with a random one, each as Home Assistant would send it.
    None of `providers` is those that ship; None of `network` is the defaults.
    """
    network = network or Network()
    facts = facts_of(catalogue, client.integration)
    endpoint = endpoint_of(client, facts, loopback_http=network.loopback_http)
    if isinstance(endpoint, Verdict):
        return endpoint
    rules = rules_for(endpoint, load_providers() if providers is None else providers)
    request = code_request(client, facts, endpoint)
    return probe(request, rules, lambda asked: send(asked, network))
