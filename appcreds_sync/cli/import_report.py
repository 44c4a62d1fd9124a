"""What an import did, or would do, for the renderers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.report import ExitCode

if TYPE_CHECKING:
    from appcreds_sync.cli.import_shared import Shared
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.importing import ImportPlan


@dataclass(frozen=True, slots=True)
class KeptValue:
    """One secret's place."""

    reference: str
    """As the manifest has it: `vault://…#key`, or `!secret name`."""
    new: bool
    """False: the same value was there already."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import. Holds no secret that a renderer would print."""

    store: str
    plan: ImportPlan
    shared: tuple[Shared, ...]
    """Credentials of other stores that are now for this one too."""
    manifest: str
    """The file that the credentials were added to, as a person would name it."""
    lines: tuple[str, ...]
    """The entries, as YAML."""
    values: tuple[KeptValue, ...]
    warnings: tuple[Problem, ...]
    dry_run: bool
    next_plan_is_empty: bool | None
    """As read and planned anew; None where nothing was written, or it could not be planned."""

    @property
    def exit_code(self) -> ExitCode:
        """1: it could not be planned anew; 3: something was not imported and needs a person.

        2: the next plan has other things to do.
        """
        if not self.dry_run and self.next_plan_is_empty is None:
            return ExitCode.FAILED
        if any(item.needs_a_person for item in self.plan.left_out):
            return ExitCode.NEEDS_A_PERSON
        return ExitCode.PENDING if self.next_plan_is_empty is False else ExitCode.OK
