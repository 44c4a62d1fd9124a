"""What is wrong, where, and what to do: the one shape of every error that a person sees.

AppcredsError
├── ManifestError       the manifest can't be used; carries every problem found
├── UsageError          the command line contradicts itself
├── SecretsError        no reference can be read at all (a wrong `vault:` setting, say)
└── StoreError          a store could not be read or written
    ├── StoreUnavailable    no answer, or the connection broke: the call may have taken effect
    └── CommandRefused      the store answered, and said no
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with what a person needs to mend it. Never holds a secret."""

    code: str
    """Stable and machine-readable, words joined by hyphens: `vault-sealed`."""
    what: str
    """What is wrong, one sentence without a full stop."""
    hint: str
    """What to do, imperative; empty where `what` says it all."""
    where: str | None = None
    """`file:line:column`, or the store and credential concerned."""

    def __str__(self) -> str:
        """`where: what; hint` on one line."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}; {self.hint}" if self.hint else text


class AppcredsError(Exception):
    """The base of all errors that are shown to a person without a traceback."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        """Take one problem, or all that were found in one go (at least one)."""
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def problem(self) -> Problem:
        """The first problem, for callers that expect exactly one."""
        return self.problems[0]


class ManifestError(AppcredsError):
    """The manifest can't be used; every problem in it is listed."""


class UsageError(AppcredsError):
    """The command line contradicts itself."""

    exit_code = 64


class SecretsError(AppcredsError):
    """No reference can be read at all, because a setting is wrong."""


class StoreError(AppcredsError):
    """A store could not be read or written."""


class StoreUnavailable(StoreError):
    """No answer came, or the connection broke: the call may have counted, list before a retry."""


class CommandRefused(StoreError):
    """The store answered and refused the command; nothing was changed by it."""
