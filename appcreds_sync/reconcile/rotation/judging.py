"""What the accounts say to a new secret, from how they fared before and fare now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appcreds_sync.model.store import AccountState

_REFUSAL = re.compile(r"4(?!29)\d\d\b")
"""A reason that begins with the provider's status: any 4xx, but 429 only asks to wait."""

_WELL = frozenset({"loaded", "setup_in_progress"})
"""While Home Assistant starts, an account that is on its way has not failed."""

_NOT_READY = frozenset({"setup_retry", "setup_in_progress", "not_loaded"})
"""Home Assistant goes on trying, waits for a slow provider, or can't run the integration."""


class Verdict(StrEnum):
    """What follows from the accounts' states."""

    HELD = "held"
    REFUSED = "refused"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and the accounts that led to it."""

    verdict: Verdict
    lost: tuple[AccountState, ...] = ()
    """Accounts that were well before and are not loaded now, or are asked to sign in again."""


def judge(before: Mapping[str, AccountState], after: Mapping[str, AccountState]) -> Judgement:
    """Compare the accounts (by entry id) before and after their reload.

    One that was not healthy before can't speak against the new secret. A reauth flow that began
    with the reload, or a 4xx reason, is a refusal; else it is not proof of a wrong secret (Home
    Assistant 2024.3.3, 2025.4.4, 2026.11: an outage shows as `setup_retry` 5xx or no reason).
    """
    lost: list[AccountState] = []
    refused = False
    for entry_id, earlier in before.items():
        now = after.get(entry_id)
        if earlier.state not in _WELL or earlier.disabled or now is None or now.disabled:
            continue
        asked_again = bool(now.reauth_flows - earlier.reauth_flows)
        if now.state != "loaded" or asked_again:
            lost.append(now)
            refused |= asked_again or bool(_REFUSAL.match(now.reason or ""))
    if not lost:
        return Judgement(Verdict.HELD)
    return Judgement(Verdict.REFUSED if refused else Verdict.DEFERRED, tuple(lost))


def still_out(
    before: Mapping[str, AccountState], after: Mapping[str, AccountState], *, unreachable: bool
) -> tuple[AccountState, ...]:
    """Return the accounts that an outage keeps from saying anything, if no other says something.

    They failed before and fail now: not ready, for no reason that is a refusal; or for no reason at
    all while the provider is `unreachable` (on 2024.3.3 and 2025.4.4 an error that an integration
    lets through has none).
    """
    if any(now.state == "loaded" for now in after.values()):
        return ()
    return tuple(
        now
        for entry_id, now in after.items()
        if before[entry_id].state not in _WELL and not now.disabled and _is_silent(now, unreachable)
    )


def _is_silent(now: AccountState, unreachable: bool) -> bool:  # noqa: FBT001  # private, one caller
    if now.reason is None and now.state == "setup_error":
        return unreachable
    return now.state in _NOT_READY and not _REFUSAL.match(now.reason or "")
