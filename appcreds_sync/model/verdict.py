"""What a provider was found to think of a client's id and secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VerdictKind(StrEnum):
    """How much is known."""

    RIGHT = "right"
    """The provider told the secret from a random one, and did not refuse it."""
    WRONG = "wrong"
    """The provider refuses the id or the secret."""
    UNKNOWN = "unknown"
    """The provider's answers prove nothing, or nobody knows where to ask."""
    UNREACHABLE = "unreachable"
    """No usable answer: says nothing about the secret, and may be otherwise in a minute."""
    SKIPPED = "skipped"
    """There is nothing to verify: Home Assistant does not send this secret."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One client's verdict. Never holds a secret."""

    kind: VerdictKind
    code: str
    """Stable and machine-readable, words joined by hyphens: `code-checked-first`."""
    words: str
    """One sentence for a person, without a full stop; the provider's words in it are redacted."""
