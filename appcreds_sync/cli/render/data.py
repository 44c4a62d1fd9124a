"""Plans and reports as JSON, in the shape that `schema/report.schema.json` publishes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from appcreds_sync.cli.render.json_text import json_text

if TYPE_CHECKING:
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.identity import Identity
    from appcreds_sync.model.plan import Change, Plan
    from appcreds_sync.model.report import ChangeResult, ExitCode, Report, StoreReport

FORMAT_VERSION = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""


def report_text(report: Report, code: ExitCode) -> str:
    """Return the whole document."""
    return json_text(report_data(report, code))


def report_data(report: Report, code: ExitCode) -> dict[str, Any]:
    """Return the whole document as plain values."""
    return {
        "format_version": FORMAT_VERSION,
        "exit_code": int(code),
        "stopped_by_guard": report.stopped_by_guard,
        "refused": [problem_data(problem) for problem in report.refused],
        "failures": [problem_data(problem) for problem in report.failures],
        "warnings": [problem_data(problem) for problem in report.warnings],
        "stores": [_store_data(store) for store in report.stores],
    }


def _store_data(store: StoreReport) -> dict[str, Any]:
    return {
        "store": store.store,
        "applied": store.applied,
        "converged": store.converged,
        "plan": None if store.plan is None else plan_data(store.plan),
        "results": [_result_data(result) for result in store.results],
        "doubles": [_result_data(result) for result in store.doubles],
        "problems": [problem_data(problem) for problem in store.problems],
        "not_compared": _optional(store.skipped_reason),
    }


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return one store's plan as plain values."""
    return {
        "changes": [_change_data(change) for change in plan.changes],
        "guards": [
            {"kind": guard.kind.value, "problem": problem_data(guard.problem)}
            for guard in plan.guards
        ],
        "unchanged": plan.unchanged,
        "unmanaged": plan.unmanaged,
        "unmanaged_same_client": [asdict(item) for item in plan.unmanaged_same_client],
        "not_compared": [_identity_data(identity) for identity in plan.not_compared],
        "skipped": [_identity_data(identity) for identity in plan.skipped],
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        **_identity_data(change.identity),
        "credential": change.credential,
        "client_id": change.client_id,
        "item": None if change.item is None else asdict(change.item),
        "differs": list(change.differs),
        "used_by": [asdict(entry) for entry in change.used_by],
        "intended": None if change.intended is None else change.intended.value,
        "reason": _optional(change.reason),
        "secret_version": change.secret_version,
        "verdict": None if change.verdict is None else asdict(change.verdict),
    }


def _result_data(result: ChangeResult) -> dict[str, Any]:
    item = result.change.item
    return {
        "action": result.change.action.value,
        **_identity_data(result.change.identity),
        "credential": result.change.credential,
        "item_id": None if item is None else item.id,
        "outcome": result.outcome.value,
        "problem": _optional(result.problem),
        "reloaded": list(result.reloaded),
        "notes": list(result.notes),
        "seconds": None if result.seconds is None else round(result.seconds, 3),
    }


def _identity_data(identity: Identity) -> dict[str, Any]:
    return {"integration": identity.integration, "auth_domain": identity.auth_domain}


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain values."""
    return asdict(problem)


def _optional(problem: Problem | None) -> dict[str, Any] | None:
    return None if problem is None else problem_data(problem)
