"""When the next try is due: back-off with jitter, and a limit for what keeps on triggering."""

from __future__ import annotations

import random
from collections.abc import Callable

Uniform = Callable[[float, float], float]
"""As `random.uniform`."""

INTERVAL_JITTER = 0.1
"""Part of an interval by which hundreds of stores drift apart."""


class BackOff:
    """Doubles the wait with each failure in a row, and spreads it over its upper half."""

    def __init__(
        self,
        first: float,
        most: float,
        uniform: Uniform = random.uniform,
    ) -> None:
        """Take the first wait and the longest, in seconds."""
        self._first = first
        self._most = most
        self._uniform = uniform
        self.failures = 0
        """In a row."""

    def next(self) -> float:
        """Count a failure; return how many seconds to wait."""
        # Not 2**failures: after months of outage that number would have thousands of digits.
        wait = min(self._first * 2.0 ** min(self.failures, 32), self._most)
        self.failures += 1
        return self._uniform(wait / 2, wait)

    def reset(self) -> None:
        """Count a success."""
        self.failures = 0


class Pace:
    """Lets a burst through at once, then holds whoever keeps coming to a steady rate.

    Two tools that fight over one store must not keep Home Assistant busy day and night.
    """

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float]) -> None:
        """Take how many may come at once, how many a second after that, and a clock in seconds."""
        self._burst = float(burst)
        self._rate = per_second
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def take(self) -> float:
        """Take a turn; return how many seconds to wait before it."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        self._left -= 1.0
        return max(0.0, -self._left / self._rate)


def jittered(seconds: float, uniform: Uniform = random.uniform) -> float:
    """Return an interval a little shorter or longer than `seconds`."""
    return uniform(seconds * (1 - INTERVAL_JITTER), seconds * (1 + INTERVAL_JITTER))
