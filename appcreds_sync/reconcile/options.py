"""What one run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from appcreds_sync.planning.options import PlanOptions


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The flags of `plan` and `sync`, less what only concerns their output."""

    apply: bool = False
    """Carry the plans out; otherwise only make them."""
    stores: tuple[str, ...] = ()
    """Names or labels; empty is all."""
    read_secrets: bool = True
    """False: never log in to Vault, compare what can be compared."""
    keep_going: bool = False
    """A guard stops only its own store."""
    home_assistant_is_stopped: bool = False
    """A person's word for it, where a directory store can't tell."""
    verify: Literal["auto", "require", "off"] | None = None
    """In place of the manifest's `policy.verify`."""
    concurrency: int = 16
    """Stores that are read or changed at once."""
    planning: PlanOptions = field(default_factory=PlanOptions)
