"""What a person allowed on the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Each is off unless somebody said the flag; none of them is ever the manifest's to set."""

    create_anyway: bool = False
    """Create beside an unmanaged item of the same client, even where that one is in use."""
    allow_in_use: bool = False
    """Delete an identity although config entries use it."""
    allow_relink: bool = False
    """Replace a client id under linked accounts, which then must be linked again."""
    allow_empty: bool = False
    """Delete all that we own in a store."""
    accept_new_owner: bool = False
    """Work beside another owner that has the same credentials."""
    max_deletes: int | None = None
    """In place of `policy.max_deletes`."""
