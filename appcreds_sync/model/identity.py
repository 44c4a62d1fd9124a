"""What makes two items the same credential to Home Assistant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.catalogue import Catalogue


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """(integration, effective auth domain): the key under which an integration finds its client."""

    integration: str
    auth_domain: str

    def __str__(self) -> str:
        """`integration/auth domain`; where both are the same, once."""
        if self.integration == self.auth_domain:
            return self.integration
        return f"{self.integration}/{self.auth_domain}"


def identity_of(integration: str, key: str, catalogue: Catalogue) -> Identity:
    """Return the identity of an item whose own key (its auth domain, else its id) is `key`.

    A single-implementation integration registers under its own name whatever the key
    (Home Assistant 2026.11: smartthings, withings).
    """
    facts = catalogue.get(integration)
    if facts is not None and facts.single_implementation:
        return Identity(integration, integration)
    return Identity(integration, key)
