"""The steps by which Home Assistant links an account: what it asks for, and how that ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


Kind = Literal["text", "integer", "number", "boolean", "choice", "choices", "other"]
"""Of `choices` any number may be taken; `other` can't be asked for at a terminal."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that a form asks for."""

    name: str
    kind: Kind
    required: bool = True
    default: object = None
    options: Mapping[str, str] = field(default_factory=dict)
    """Of a choice: what to send, and what a person sees."""
    hidden: bool = False
    """Home Assistant's page does not show what is typed."""


@dataclass(frozen=True, slots=True)
class Form:
    """Home Assistant wants to know something."""

    flow_id: str
    step_id: str
    fields: tuple[FormField, ...]
    errors: tuple[str, ...] = ()
    """Home Assistant's words for what was wrong with the last answers."""


@dataclass(frozen=True, slots=True)
class External:
    """The person has to go to the provider."""

    flow_id: str
    url: str = field(repr=False)
    """Holds the flow's state, which lets whoever knows it end the flow."""


@dataclass(frozen=True, slots=True)
class Working:
    """Home Assistant is at it; ask again."""

    flow_id: str
    told: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What its page shows meanwhile, by name: a device's `url` and `user_code`, say."""


@dataclass(frozen=True, slots=True)
class Created:
    """The account is linked."""

    entry_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Aborted:
    """Home Assistant ended the flow without an account."""

    reason: str
    """Its word for why: `already_configured`, `oauth_error`, …."""
    error: str = ""
    """The word that the provider sent the person back with: `access_denied`, say."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such flow any more: somebody else has looked at its end, or deleted it."""


Step = Form | External | Working | Created | Aborted | Gone
