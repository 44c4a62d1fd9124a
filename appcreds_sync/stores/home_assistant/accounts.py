"""How linked accounts fare, and which of them ask a person to sign in again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from appcreds_sync.model.store import AccountState
from appcreds_sync.stores.home_assistant.answers import Unreadable
from appcreds_sync.stores.home_assistant.connection import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FLOWS = Command("config_entries/flow/progress", {})
"""All flows under way; only an administrator may ask."""

_MAX_REASON = 200
"""Characters of HA's reason that are shown."""


def states_of(integration: str) -> Command:
    """Return what asks for the config entries of `integration`."""
    return Command("config_entries/get", {"domain": integration})


def read_reauth_flows(value: object) -> Mapping[str, frozenset[str]]:
    """Read what FLOWS returns: the flow ids of each config entry that asks to sign in again."""
    if not isinstance(value, list):
        raise Unreadable
    flows: defaultdict[str, set[str]] = defaultdict(set)
    for row in value:
        match row:
            case {
                "flow_id": str(flow_id),
                "context": {"source": "reauth", "entry_id": str(entry_id)},
            }:
                flows[entry_id].add(flow_id)
            case _:
                continue
    return {entry_id: frozenset(ids) for entry_id, ids in flows.items()}


def read_states(
    value: object, flows: Mapping[str, frozenset[str]], redact: Callable[[str], str]
) -> tuple[AccountState, ...]:
    """Read what `states_of` returns, less the ignored entries, which are no accounts."""
    if not isinstance(value, list):
        raise Unreadable
    states = (_read_state(row, flows, redact) for row in value)
    return tuple(state for state in states if state is not None)


def _read_state(
    row: object, flows: Mapping[str, frozenset[str]], redact: Callable[[str], str]
) -> AccountState | None:
    match row:
        case {"source": "ignore"}:
            return None
        case {"entry_id": str(entry_id), "title": str(title), "state": str(state), **rest}:
            reason = rest.get("reason")
            return AccountState(
                entry_id,
                title,
                state,
                redact(reason)[:_MAX_REASON] if isinstance(reason, str) else None,
                flows.get(entry_id, frozenset()),
                disabled=rest.get("disabled_by") is not None,
                supports_unload=rest.get("supports_unload") is True,
            )
        case _:
            raise Unreadable
