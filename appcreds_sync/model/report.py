"""What a turn did, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from appcreds_sync.model.plan import Action

if TYPE_CHECKING:
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.plan import Change, Plan


class Outcome(StrEnum):
    """What became of one change."""

    APPLIED = "applied"
    FAILED = "failed"
    REFUSED = "refused"
    """Rolled back: the provider did not accept the new secret."""
    DEFERRED = "deferred"
    """Rolled back: an account did not come back, and why is not clear. Tried again next turn."""
    RELINK_NEEDED = "relink needed"
    """Done; a person must sign in to the accounts again."""
    SKIPPED = "skipped"
    """Not to be done any more when its turn came, or held back by a guard."""

    @property
    def slug(self) -> str:
        """Its word where none may have a space: in labels and states."""
        return self.value.replace(" ", "-")


FAILURES = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.DEFERRED})
"""What was to be done is not done."""


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """One change that a turn took up."""

    change: Change
    outcome: Outcome
    problem: Problem | None = None
    reloaded: tuple[str, ...] = ()
    """Titles of config entries that were reloaded."""
    notes: tuple[str, ...] = ()
    """What a person should know although it went well."""
    seconds: float | None = None
    """How long a replace under linked accounts took."""


@dataclass(frozen=True, slots=True)
class StoreReport:
    """One store's turn."""

    store: str
    plan: Plan | None = None
    """None where the store could not be read."""
    results: tuple[ChangeResult, ...] = ()
    """Empty where only a plan was asked for."""
    doubles: tuple[ChangeResult, ...] = ()
    """What a second of us, at work on the same store, made necessary afterwards."""
    applied: bool = False
    """Whether changes were to be applied at all."""
    converged: bool | None = None
    """After applying: a new plan has nothing to do. None where the store was not read again."""
    items_found: int | None = None
    """How many items the store held when it was first looked at."""
    items_left: int | None = None
    """How many when it was last looked at; None where it was changed and not read again."""
    problems: tuple[Problem, ...] = ()
    """What went wrong with the store as a whole, or with a reference that it needs."""
    skipped_reason: Problem | None = None
    """Why the store was not looked at, where that is nobody's fault (`--no-secrets`)."""

    @property
    def taken_up(self) -> tuple[ChangeResult, ...]:
        """All that was done or tried, in order, also when the store was read again."""
        return (*self.results, *self.doubles)


@dataclass(frozen=True, slots=True)
class Report:
    """All stores of one run."""

    stores: tuple[StoreReport, ...]
    failures: tuple[Problem, ...] = ()
    """References that could not be read, each once however many stores depend on it."""
    warnings: tuple[Problem, ...] = ()
    stopped_by_guard: bool = False
    """Nothing was applied anywhere because a plan met a guard, or for what `refused` says."""
    refused: tuple[Problem, ...] = ()
    """What speaks against the plans as a whole: they are not the saved one, or two stores are one
    and the same Home Assistant."""


class ExitCode(IntEnum):
    """What the shell gets."""

    OK = 0
    FAILED = 1
    PENDING = 2
    """Changes are pending: `plan --detailed-exitcode` and `import` only."""
    NEEDS_A_PERSON = 3
    """Nothing failed, but a guard, a block or a shadow stands."""
    USAGE = 64


def exit_code(report: Report, *, detailed: bool = False) -> ExitCode:
    """Return the code of highest precedence: failed > needs a person > pending > ok.

    A plan alone (nothing was to be applied) that is not `detailed` ends with 0 or 1.
    """
    if report.failures or any(_failed(store) for store in report.stores):
        return ExitCode.FAILED
    plan_only = not any(store.applied for store in report.stores) and not report.stopped_by_guard
    if plan_only and not detailed:
        return ExitCode.OK
    if report.stopped_by_guard or any(_needs_a_person(store) for store in report.stores):
        return ExitCode.NEEDS_A_PERSON
    if plan_only and any(store.plan and store.plan.pending() for store in report.stores):
        return ExitCode.PENDING
    return ExitCode.OK


def _failed(store: StoreReport) -> bool:
    return bool(
        store.problems
        or store.converged is False
        or any(result.outcome in FAILURES for result in store.taken_up)
    )


def _needs_a_person(store: StoreReport) -> bool:
    if any(result.outcome is Outcome.RELINK_NEEDED for result in store.taken_up):
        return True
    plan = store.plan
    return plan is not None and bool(
        plan.guards
        or any(change.action in {Action.BLOCKED, Action.SHADOWED} for change in plan.changes)
    )
