"""What Home Assistant's refusals mean, and what a person can do about each.

The codes are those of Home Assistant 2024.3.3, 2025.4.4 and 2026.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import CommandRefused, Problem, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from appcreds_sync.stores.home_assistant.protocol import Failure

_MAX_ECHO = 300
"""Characters of what Home Assistant says that are shown."""


def refusal(failure: Failure, doing: str, where: str, redact: Callable[[str], str]) -> StoreError:
    """Return what to tell a person about `failure`, which was the answer to `doing`.

    `doing` completes "Home Assistant refuses to …"; `redact` takes every secret out of a text
    that may have come from the command.
    """
    said = _said(failure.message, redact)
    match failure.code:
        case "unauthorized":
            return not_admin(where)
        case "home_assistant_error" if "in use" in failure.message:
            what = f"Home Assistant refuses to {doing}: an account is linked through it"
            hint = "remove the account in Home Assistant first (Settings, Devices & services)"
            return CommandRefused(Problem("credential-in-use", what, hint, where))
        case "home_assistant_error" if "recoverable state" in failure.message:
            what = f"Home Assistant can't {doing} in the state that the account is in"
            return CommandRefused(
                Problem("entry-needs-restart", what, "restart Home Assistant", where)
            )
        case "invalid_format":
            what = f"Home Assistant refuses to {doing}: {said}"
            hint = "if the manifest's values look right, report it with the versions of both"
            return CommandRefused(Problem("command-invalid", what, hint, where))
        case "timeout":
            what = f"Home Assistant gave up while it tried to {doing}"
            hint = (
                "whether it took effect is not known: look at Home Assistant's log, and run again"
            )
            return StoreUnavailable(Problem("store-timeout", what, hint, where))
        case code:
            what = f"Home Assistant refuses to {doing}: {said} ({code})"
            hint = "look at Home Assistant's log"
            return CommandRefused(Problem("command-refused", what, hint, where))


def no_platform(domain: str, known: AbstractSet[str], where: str) -> CommandRefused:
    """Return what to tell where Home Assistant finds no `application_credentials` of `domain`.

    It says the same of an integration that it never heard of as of one whose Python packages
    can't be imported; the latter is in `known`, what `config` names.
    """
    if domain in known:
        what = f"Home Assistant knows the integration {domain} and can't import it"
        hint = (
            "look for its import error in Home Assistant's log; often a Python package is missing"
        )
        return CommandRefused(Problem("integration-broken", what, hint, where))
    what = f"Home Assistant has no integration {domain} that takes application credentials"
    hint = (
        "check its spelling, update Home Assistant or install the custom integration; or leave the"
        " store out by `if_unsupported: skip`"
    )
    return CommandRefused(Problem("integration-unknown", what, hint, where))


def not_admin(where: str) -> CommandRefused:
    """Return what to tell where the token belongs to an ordinary user."""
    what = "the token belongs to a user who is not an administrator"
    hint = "make a long-lived access token as an administrator (your profile, Security)"
    return CommandRefused(Problem("store-not-admin", what, hint, where))


def not_loaded(config: object, where: str) -> StoreError:
    """Return why `application_credentials` is unknown, from what `get_config` says of HA."""
    match config:
        case {"recovery_mode": True}:
            what = "Home Assistant runs in recovery mode, without application_credentials"
            hint = "mend what its log says about the configuration, and restart it"
            return CommandRefused(Problem("store-recovery-mode", what, hint, where))
        case {"state": "NOT_RUNNING" | "STARTING"}:
            what = "Home Assistant is still starting: application_credentials is not loaded yet"
            return StoreUnavailable(Problem("store-starting", what, "try again in a minute", where))
        case {"state": "STOPPING" | "FINAL_WRITE" | "STOPPED"}:
            what = "Home Assistant is stopping"
            return StoreUnavailable(Problem("store-stopping", what, "try again in a minute", where))
        case _:
            what = "Home Assistant has not loaded application_credentials"
            hint = "look at its log: often .storage/application_credentials can't be read"
            return CommandRefused(Problem("application-credentials-not-loaded", what, hint, where))


def _said(message: str, redact: Callable[[str], str]) -> str:
    """Return what Home Assistant said, without the value that it goes on to quote (2025.4)."""
    said = redact(message.partition(". Got ")[0])
    return said if len(said) <= _MAX_ECHO else f"{said[:_MAX_ECHO]}…"
