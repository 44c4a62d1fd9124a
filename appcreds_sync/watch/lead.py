"""How it all fares, in one line for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from appcreds_sync.watch.status import State

if TYPE_CHECKING:
    from appcreds_sync.watch.status import Status

Tone = Literal["good", "wait", "bad"]


def lead_of(status: Status) -> tuple[Tone, str]:
    """Return the worst that is the matter, and how bad it is."""
    states = [store.state for store in status.stores.values()]
    if status.manifest_problems:
        return "bad", "The manifest is broken; the last good one stays in force"
    if State.FAILING in states:
        return "bad", f"{_count(states.count(State.FAILING), 'store')} failing"
    if status.value_failures:
        return "bad", f"{_count(status.unreadable, 'secret')} can't be read"
    if State.STARTING in states or not states:
        return "wait", "Starting"
    needy = states.count(State.NEEDS_A_PERSON) + states.count(State.DRIFTED)
    if needy:
        return "wait", f"{_count(needy, 'store')} waiting for a person"
    return "good", f"{_count(len(states), 'store')} as the manifest says"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
