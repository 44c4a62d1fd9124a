"""What came back from a token endpoint, before anybody makes sense of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, as received."""

    status: int
    content_type: str = field(repr=False)
    body: bytes = field(repr=False)
    """Decompressed. May echo a secret or hold a token: never printed."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no answer that could be judged."""

    code: str
    words: str
    """Completes a sentence that begins with the provider's host; never a library's message."""


Record = Answer | NoAnswer
