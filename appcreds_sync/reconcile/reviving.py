"""Accounts that broke while their credential was missing: reload them once it is back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from appcreds_sync.model.catalogue import facts_of
from appcreds_sync.model.errors import Problem, StoreError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ChangeResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appcreds_sync.model.desired import Desired
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.store import ConfigEntry, Snapshot
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
    sick = [
        (identity, entry)
        for identity in sorted(created)
        for entry in after.entries
        if not entry.healthy and _uses(entry, identity, desired)
    ]
    reloads = await asyncio.gather(*(_reload(entry, store) for _, entry in sick))
    problems = dict(zip((entry.entry_id for _, entry in sick), reloads, strict=True))
    return [_with_reloads(result, sick, problems) for result in creates]


def _uses(entry: ConfigEntry, identity: Identity, desired: Desired) -> bool:
    if entry.domain != identity.integration or entry.source == "ignore":
        return False
    single = facts_of(desired.catalogue, entry.domain).single_implementation
    return single or entry.auth_domain == identity.auth_domain


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


def _with_reloads(
    result: ChangeResult,
    sick: list[tuple[Identity, ConfigEntry]],
    problems: dict[str, Problem | None],
) -> ChangeResult:
    entries = [entry for identity, entry in sick if identity == result.change.identity]
    if not entries:
        return result
    failed = [problem for entry in entries if (problem := problems[entry.entry_id]) is not None]
    return replace(
        result,
        reloaded=tuple(entry.title for entry in entries if problems[entry.entry_id] is None),
        outcome=Outcome.FAILED if failed else result.outcome,
        problem=failed[0] if failed else result.problem,
    )
