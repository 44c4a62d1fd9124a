"""Why a flow ended without an account, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import CommandRefused, Problem

if TYPE_CHECKING:
    from appcreds_sync.model.linking import Aborted

_VERIFY = "is the secret right? try appcreds-sync verify"
_HINTS = {
    "already_configured": "this account is linked already",
    "already_in_progress": "somebody is linking it in Home Assistant's page: finish that first",
    "single_instance_allowed": "it takes one account, and has it",
    "access_denied": "the sign-in was cancelled at the provider: link again",
    "authorize_url_timeout": "Home Assistant did not reach the provider in time: link again",
    "unknown_authorize_url_generation": "look into Home Assistant's log",
    "oauth_error": f"the provider did not give a token: {_VERIFY}",
    "oauth_unauthorized": f"the provider refused the client: {_VERIFY}",
    "oauth_failed": "the provider refused to give a token: try appcreds-sync verify",
    "oauth_timeout": "the provider did not answer in time: link again",
    "code_expired": "nobody typed the code at the provider in time: link again",
    "missing_credentials": "Home Assistant finds no credential: run appcreds-sync sync",
    "missing_configuration": "Home Assistant finds no credential: run appcreds-sync sync",
    "no_url_available": "Home Assistant does not know its own address: give --url",
}
"""What to make of the reasons that most integrations share (homeassistant/strings.json), and of
the words of providers (RFC 6749, 4.1.2.1)."""


def ended(aborted: Aborted, integration: str, where: str) -> CommandRefused:
    """Return what to tell a person about a flow that Home Assistant or the provider ended."""
    what = f"Home Assistant ended the flow for {integration}: {aborted.reason}"
    hint = "look into Home Assistant's log"
    if aborted.error:
        what += f"; the provider said {aborted.error}"
        hint = "see the client's settings at the provider"
    hint = _HINTS.get(aborted.error) or _HINTS.get(aborted.reason) or hint
    return CommandRefused(Problem("link-ended", what, hint, where))
