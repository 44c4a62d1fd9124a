"""The files of examples/monitoring, and what a daemon really exports."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import yaml

from appcreds_sync.model.identity import Identity
from appcreds_sync.model.plan import Action, Change, Plan
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch import replaced
from appcreds_sync.watch.incidents import Incident, became_empty
from appcreds_sync.watch.status import CredentialStatus, State, Status, StoreStatus, TurnRecord
from appcreds_sync.watch.waking import Cause
from appcreds_sync.watch.web.metrics import Metrics

FOLDER: Final = Path(__file__).parents[2] / "examples" / "monitoring"
_NOW: Final = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def alerts() -> list[dict[str, Any]]:
    """Return the alert rules."""
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))
    return [rule for group in rules["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    """Return the dashboard's model."""
    model: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text("utf-8"))
    return model


def exported() -> str:
    """Return what a daemon with one store exports, every metric once at least."""
    status = Status(_NOW)
    metrics = Metrics(status)
    change = Change(Action.CREATE, Identity("spotify", "home.spotify"), "spotify")
    report = StoreReport(
        "house", Plan("house", (change,), (), 0, 0), (ChangeResult(change, Outcome.APPLIED),)
    )
    record = TurnRecord("t", frozenset({Cause.DRIFT}), _NOW, 0.1, State.IN_SYNC, "")
    row = CredentialStatus("spotify", "spotify", "in-sync", expires=_NOW.date())
    house = StoreStatus(
        "house",
        "",
        State.IN_SYNC,
        report=report,
        turns=(record,),
        last_success=_NOW,
        incidents=_incidents(),
        credentials=(row,),
    )
    status.put(house)
    metrics.observe(house)
    return metrics.text().decode()


def _incidents() -> tuple[Incident, ...]:
    """Return one of each kind that an alert is for."""
    account = replaced._Replaced("Ann", "spotify", _NOW, frozenset())
    problems = (replaced._asks_again(account), became_empty(2, 0))
    return tuple(
        Incident(problem.code, problem, _NOW) for problem in problems if problem is not None
    )
