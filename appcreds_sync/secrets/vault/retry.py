"""Which failures pass by themselves, and how long to wait for that."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.secrets.vault.answer import Answer

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0


def passes(answer: Answer) -> bool:
    """Tell whether the same request may succeed soon.

    Yes: 5xx, 429 (rate limit), 412 (a standby behind the active node), and 400 while a KV engine
    is upgraded to version 2. No: 501 (not initialised), 503 of a sealed Vault, every other 4xx.
    """
    match answer.status:
        case 400:
            return answer.mentions("upgrading from non-versioned to versioned")
        case 412 | 429:
            return True
        case 501:
            return False
        case status:
            return status >= 500 and not answer.sealed  # noqa: PLR2004  # HTTP's server errors


def broke_off(error: requests.RequestException) -> bool:
    """Tell whether an open connection was lost: one that could not be made will not be soon."""
    return isinstance(error, requests.ConnectionError) and "Connection aborted" in str(error)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to try; the last three are for tests."""

    retries: int
    seconds: float
    """No retry begins later than this after the first try."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def run(self, call: Callable[[], Answer]) -> Answer:
        """Return the first answer that is final, or the last. Raise what `call` raised at last."""
        end = self.clock() + self.seconds
        for pause in (self._pause(attempt) for attempt in range(self.retries)):
            try:
                answer = call()
            except requests.RequestException as error:
                if not broke_off(error) or self.clock() + pause > end:
                    raise
                self.sleep(pause)
            else:
                # `Retry-After: 0` is no leave to ask without a pause.
                wait = max(pause, answer.retry_after or 0)
                if not passes(answer) or self.clock() + wait > end:
                    return answer
                self.sleep(wait)
        return call()

    def _pause(self, attempt: int) -> float:
        # Half is left to chance, so that many of us do not come back at the same moment.
        longest: float = min(_FIRST_PAUSE * 2.0**attempt, _LONGEST_PAUSE)
        return longest * (0.5 + self.chance() / 2)
