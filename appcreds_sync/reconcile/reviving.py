"""Accounts that broke while their credential was missing: reload them once it is back."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.identity import identity_of
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ChangeResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.store import AccountState, ConfigEntry, Snapshot
    from appcreds_sync.stores.interface import Store


async def revive_accounts(
    results: Sequence[ChangeResult], desired: Desired, before: Snapshot, store: Store
) -> Sequence[ChangeResult]:
    """Reload the unhealthy entries of what was created; return those creates with what came of it.

    `setup_error` never retries by itself: restoring an item must restore the account.
    """
    if not before.capabilities.reload:
        return ()
    sick_domains = {entry.domain for entry in before.entries if not entry.healthy}
    created = {
        result.change.identity
        for result in results
        if result.change.action is Action.CREATE
        and result.outcome is Outcome.APPLIED
        and result.change.identity.integration in sick_domains
    }
    if not created:
        return ()
    creates = [
        result
        for result in results
        if result.change.action is Action.CREATE and result.change.identity in created
    ]
    try:
        after = await store.snapshot(sick_domains)
    except StoreError as error:
        return [
            replace(result, outcome=Outcome.FAILED, problem=error.problem) for result in creates
        ]
    sick: defaultdict[Identity, list[ConfigEntry]] = defaultdict(list)
    for entry in after.entries:
        identity = _used_by(entry, desired)
        if identity in created and not entry.healthy:
            sick[identity].append(entry)
    concerned = list(chain.from_iterable(sick.values()))
    reloads = await asyncio.gather(*(_reload(entry, store) for entry in concerned))
    problems = dict(zip((entry.entry_id for entry in concerned), reloads, strict=True))
    reloaded = [entry for entry in concerned if problems[entry.entry_id] is None]
    states = await _states(reloaded, store)
    return [
        _with_reloads(result, sick[result.change.identity], problems, states) for result in creates
    ]


def _used_by(entry: ConfigEntry, desired: Desired) -> Identity | None:
    if entry.source == "ignore":
        return None
    # For a single-implementation integration the key does not matter, and mostly is not told.
    identity = identity_of(entry.domain, entry.auth_domain or "", desired.catalogue)
    return identity if identity.auth_domain else None


async def _reload(entry: ConfigEntry, store: Store) -> Problem | None:
    if not entry.supports_unload or entry.state == "failed_unload":
        return Problem(
            "restart-needed",
            f'the account "{entry.title}" can\'t be reloaded',
            "restart Home Assistant",
        )
    try:
        await store.reload(entry.entry_id)
    except StoreError as error:
        return error.problem
    return None


async def _states(entries: Sequence[ConfigEntry], store: Store) -> Mapping[str, AccountState]:
    """Return how the accounts fare now, by entry id; nothing where that can't be read."""
    domains = {entry.domain for entry in entries}
    try:
        found = await asyncio.gather(*map(store.accounts, domains))
    except StoreError:
        return {}
    return {state.entry_id: state for state in chain.from_iterable(found)}


def _with_reloads(
    result: ChangeResult,
    entries: Sequence[ConfigEntry],
    problems: Mapping[str, Problem | None],
    states: Mapping[str, AccountState],
) -> ChangeResult:
    if not entries:
        return result
    failed = [problem for entry in entries if (problem := problems[entry.entry_id]) is not None]
    reloaded = [entry for entry in entries if problems[entry.entry_id] is None]
    now = [states[entry.entry_id] for entry in reloaded if entry.entry_id in states]
    return replace(
        result,
        reloaded=tuple(entry.title for entry in reloaded),
        notes=(*result.notes, *(_still_sick(state) for state in now if state.state != "loaded")),
        outcome=Outcome.FAILED if failed else result.outcome,
        problem=failed[0] if failed else result.problem,
    )


def _still_sick(account: AccountState) -> str:
    reason = f": {account.reason}" if account.reason else ""
    return f"{account.title} was reloaded and is {account.state}{reason}"
