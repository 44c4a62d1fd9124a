"""Plans that were looked at first and are applied later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from appcreds_sync.cli.render.data import plan_data, report_data
from appcreds_sync.model.counting import counted
from appcreds_sync.model.errors import AppcredsError, Problem, UsageError
from appcreds_sync.model.plan import Action
from appcreds_sync.model.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.model.plan import Plan
    from appcreds_sync.model.report import Report
    from appcreds_sync.reconcile.gate import Approve

_NAMED = 3
"""Secrets that a note names."""


def save_plan(report: Report, path: Path) -> None:
    """Write `report`, which holds no secret, to `path`; say on stderr what it can't pin.

    Raise AppcredsError where a store could not be read, and UsageError where `path` can't be.
    """
    unread = [store.store for store in report.stores if store.plan is None]
    if unread:
        what = f"the plan was not saved: there is none for {', '.join(unread)}"
        hint = "mend that, or leave it out by --store"
        raise AppcredsError(Problem("plan-incomplete", what, hint))
    try:
        path.write_text(json.dumps(report_data(report, ExitCode.OK), indent=2) + "\n", "utf-8")
    except OSError as error:
        what = f"the plan can't be written to {path}: {error.strerror}"
        raise UsageError(Problem("plan-not-saved", what, "name another file")) from error
    loose = [
        f"{store.store}: {change.identity}"
        for store in report.stores
        if store.plan is not None
        for change in store.plan.changes
        if change.action in {Action.CREATE, Action.REPLACE} and change.secret_version is None
    ]
    if loose:
        named = f"{', '.join(loose[:_NAMED])}{' …' if len(loose) > _NAMED else ''}"
        click.echo(
            f"note: {counted(len(loose), 'secret')} without a version (only KV v2 has one): "
            f"the saved plan can't tell if they change: {named}",
            err=True,
        )


def refuse_if_changed(path: Path) -> Approve:
    """Return what compares new plans with those saved in `path`; raise UsageError if unreadable."""
    saved = _read(path)

    def approve(plans: Mapping[str, Plan]) -> tuple[Problem, ...]:
        now = {name: _comparable(plan_data(plan)) for name, plan in plans.items()}
        differing = sorted(name for name in saved | now if saved.get(name) != now.get(name))
        return tuple(
            Problem(
                "plan-changed",
                f"the plan is not the one in {path} any more",
                "look at a new plan and save it again",
                f"store {name}",
            )
            for name in differing
        )

    return approve


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format_version"] != 1:
            what = f"{path} was saved by another version of appcreds-sync"
            raise UsageError(Problem("plan-unreadable", what, "save it again"))
        return {store["store"]: _comparable(store["plan"]) for store in document["stores"]}
    except OSError as error:
        what = f"the saved plan {path} can't be read: {error.strerror}"
        raise UsageError(Problem("plan-unreadable", what, "name the file of --out")) from error
    except (ValueError, KeyError, TypeError) as error:
        what = f"{path} is not a plan that `plan --out` saved"
        raise UsageError(Problem("plan-unreadable", what, "save it again")) from error


def _comparable(plan: dict[str, Any]) -> dict[str, Any]:
    """Leave out what may change without changing what is done: states, and verdicts of `sync`."""
    changes = [
        {
            **_before_verdict(change),
            "used_by": sorted(entry["entry_id"] for entry in change["used_by"]),
        }
        for change in plan["changes"]
    ]
    return {"changes": changes, "guards": plan["guards"]}


def _before_verdict(change: dict[str, Any]) -> dict[str, Any]:
    """Return the change as `plan`, which asks no provider, has it.

    What a verdict blocks is less than what was agreed to, and the report says why.
    """
    if change["verdict"] is None or change["intended"] is None:
        return {**change, "verdict": None}
    planned = {"action": change["intended"], "intended": None, "reason": None}
    return {**change, **planned, "verdict": None}
