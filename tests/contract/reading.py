"""Short ways to say a manifest, and to read what a report says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appcreds_sync.model.plan import Change, Guard, Plan
    from appcreds_sync.model.report import Report, StoreReport
    from tests.contract.world import World

Line = tuple[str, str, str | None]


def declared(*credentials: str) -> str:
    """The `credentials` part of a manifest."""
    return "credentials:\n" + "".join(f"  {line}\n" for line in credentials)


def lab(
    credential: str = "lab",
    *,
    client_id: str = "client",
    secret: str = "first",  # noqa: S107 - a name in secrets.yaml
    more: str = "",
    integration: str = "oauth_lab",
) -> str:
    """One credential of the lab's integration, `home.lab` by default."""
    more = more and f", {more}"
    return (
        f"{credential}: {{integration: {integration}, client_id: {client_id}, "
        f"client_secret: !secret {secret}{more}}}"
    )


def store(report: Report) -> StoreReport:
    """The only store's report."""
    (only,) = report.stores
    return only


def plan(report: Report) -> Plan:
    """The only store's plan."""
    found = store(report).plan
    assert found is not None, store(report).problems
    return found


def changes(report: Report) -> list[Line]:
    """Each row of the plan: what, of which auth domain, and the reason's code."""
    return [
        (
            str(change.action),
            change.identity.auth_domain,
            change.reason.code if change.reason else None,
        )
        for change in plan(report).changes
    ]


def actions(report: Report) -> dict[str, str]:
    """Action by auth domain, where each has one row."""
    rows = plan(report).changes
    found = {change.identity.auth_domain: str(change.action) for change in rows}
    assert len(found) == len(rows), rows
    return found


def only_change(report: Report) -> Change:
    (only,) = plan(report).changes
    return only


def reason(change: Change) -> str:
    assert change.reason is not None, change
    return str(change.reason)


def guards(report: Report) -> list[str]:
    return [str(guard.kind) for guard in plan(report).guards]


def only_guard(report: Report) -> Guard:
    (only,) = plan(report).guards
    return only


def outcomes(report: Report) -> dict[str, str]:
    """Outcome by auth domain of what was to be applied, where each had one change."""
    results = store(report).results
    found = {it.change.identity.auth_domain: str(it.outcome) for it in results}
    assert len(found) == len(results), results
    return found


def held(world: World) -> dict[str, list[tuple[str, str]]]:
    """What the store holds: client id and secret of each item, in list order, by key."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in world.items():
        key = row.get("auth_domain") or row["id"]
        found.setdefault(key, []).append((row["client_id"], row["client_secret"]))
    return found
