"""The requests that tell a right secret from a wrong one: the real secret, then a random one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.oauth.classify import verdict_of_both, verdict_of_grant, verdict_of_one
from appcreds_sync.oauth.decoy import decoy
from appcreds_sync.oauth.endpoint import host_of
from appcreds_sync.oauth.masking import mask_for
from appcreds_sync.oauth.reply import read_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.model.verdict import Verdict
    from appcreds_sync.oauth.answer import Record
    from appcreds_sync.oauth.reply import Reply
    from appcreds_sync.oauth.request import TokenRequest
    from appcreds_sync.oauth.rules import ProviderRules


def probe(
    request: TokenRequest, rules: ProviderRules, ask: Callable[[TokenRequest], Record]
) -> Verdict:
    """Ask what `rules` call for, as seldom as will do, and return the verdict.

    `request` carries the real secret and a bogus code; `ask` sends one request. One to four are
    sent: a `client_credentials` grant where the provider has it, the real secret, one random
    secret, and a second one where the provider's error codes can't be trusted.
    """
    host = host_of(request.token_url)
    randoms = (decoy(request.client_secret), decoy(request.client_secret))
    mask = mask_for(request.client_id, (request.client_secret, *randoms))

    def reply_to(asked: TokenRequest) -> Reply:
        return read_reply(ask(asked), rules, mask)

    grant = rules.client_credentials
    if grant is not None:
        granted = verdict_of_grant(
            host,
            reply_to(
                replace(
                    request,
                    grant="client_credentials",
                    client_auth=grant.client_auth or request.client_auth,
                    redirect_uri=None,
                    parameters=(),
                )
            ),
        )
        if granted is not None:
            return granted
    real = reply_to(request)
    early = verdict_of_one(host, real)
    if early is not None:
        return early
    random = reply_to(replace(request, client_secret=randoms[0]))
    other = None
    if rules.judged_by == "difference":
        other = reply_to(replace(request, client_secret=randoms[1]))
    return verdict_of_both(host, real, random, other, rules)
