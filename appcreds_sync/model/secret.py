"""A value that can't be printed, formatted, logged or serialised."""

from __future__ import annotations

import hmac
from typing import NoReturn, final


@final
class Secret:
    """A resolved value. Only `reveal` gives it away, and a search for that word finds every use."""

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a dict of secrets would be a second place to leak from

    def __init__(self, value: str) -> None:
        """Take the plain text, already stripped of the white space that HA would strip."""
        self._value = value

    def reveal(self) -> str:
        """Return the plain text, for the wire, a file of mode 0600, or a redactor."""
        return self._value

    def __eq__(self, other: object) -> bool:
        """Compare in constant time; a secret never equals plain text."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __bool__(self) -> NoReturn:
        """Refuse: `if secret` hides whether None or the empty secret was meant."""
        message = "ask `is None` or `reveal() == ''`"
        raise TypeError(message)

    def __repr__(self) -> str:
        """Say that there is one, and no more: not even its length."""
        return "<secret>"

    def __format__(self, spec: str, /) -> NoReturn:
        """Refuse: a formatted secret is a mistake in the program."""
        message = "a secret can't be formatted"
        raise TypeError(message)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling and copying."""
        message = "a secret can't be serialised"
        raise TypeError(message)
