"""What a running daemon exports, and for how long."""

from __future__ import annotations

import datetime as dt
import urllib.request
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem
from appcreds_sync.model.plan import Action, Change
from appcreds_sync.model.report import ChangeResult, Outcome, StoreReport
from appcreds_sync.watch.status import State, Status, StoreStatus, TurnRecord
from appcreds_sync.watch.waking import Cause
from appcreds_sync.watch.web.metrics import Metrics
from tests.cli.conftest import NETATMO, SPOTIFY, Desk
from tests.lab.ports import free_port
from tests.watch.reports import IDENTITY
from tests.watch.running import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.promtool import Promtool

_NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_promtool_finds_no_fault_with_a_running_daemons_page(
    promtool: Promtool, tmp_path: Path
) -> None:
    (tmp_path / "ha").mkdir()
    desk, port = Desk(tmp_path), free_port()
    expiring = SPOTIFY + "    expires: 2020-01-01\n"
    desk.declare(expiring, NETATMO, head=f"watch: {{listen: '127.0.0.1:{port}'}}\n")
    desk.secrets(spotify="spotify-1")

    with Watch(desk.folder) as watch:
        watch.next("turn", store="ha")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            page = answer.read().decode()
        assert watch.stop() == 0

    assert 'appcreds_sync_incidents{code="expired",store="ha"} 1.0' in page
    done = promtool("check", "metrics", stdin=page)
    assert (done.returncode, done.stdout) == (0, "")


def test_series_of_a_store_that_left_are_gone() -> None:
    status = Status(_NOW)
    metrics = Metrics(status)
    record = TurnRecord("t", frozenset({Cause.DRIFT}), _NOW, 0.1, State.IN_SYNC, "")
    house = StoreStatus("house", "", State.IN_SYNC, turns=(record,))
    status.put(house)
    metrics.observe(house)
    assert 'store="house"' in metrics.text().decode()

    status.remove("house")

    assert 'store="house"' not in metrics.text().decode()


def test_references_that_can_not_be_read_are_counted_not_their_reasons() -> None:
    sealed = Problem("vault-sealed", "Vault is sealed", "unseal it")
    metrics = Metrics(Status(_NOW, value_failures=(sealed,), unreadable=50))

    assert metrics.registry.get_sample_value("appcreds_sync_secrets_unreadable") == 50.0


def test_what_was_done_when_the_store_was_read_again_is_counted() -> None:
    metrics = Metrics(Status(_NOW))
    record = TurnRecord("t", frozenset({Cause.DRIFT}), _NOW, 0.1, State.IN_SYNC, "")
    loser = ChangeResult(Change(Action.DELETE, IDENTITY, None), Outcome.APPLIED)
    report = StoreReport("house", doubles=(loser,))
    metrics.observe(StoreStatus("house", "", State.IN_SYNC, report=report, turns=(record,)))

    found = metrics.registry.get_sample_value(
        "appcreds_sync_changes_total",
        {"store": "house", "action": "delete", "outcome": "applied"},
    )
    assert found == 1.0
