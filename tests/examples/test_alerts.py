"""The alert rules do what examples/monitoring/alerts_test.yml says, and a runbook is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from tests.examples.monitoring import FOLDER, alerts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.promtool import Promtool

_PAGE: Final = "docs/watch.md"


def _seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def test_promtool_finds_no_fault(promtool: Promtool) -> None:
    done = promtool("check", "rules", "alerts.yml", cwd=FOLDER)

    assert done.returncode == 0, done.stdout
    assert f"SUCCESS: {len(alerts())} rules found" in done.stdout


def test_each_alert_fires_when_it_should(promtool: Promtool) -> None:
    done = promtool("test", "rules", "alerts_test.yml", cwd=FOLDER)

    assert done.returncode == 0, done.stdout


def test_each_alert_is_seen_to_fire_and_not_to_fire() -> None:
    cases = yaml.safe_load((FOLDER / "alerts_test.yml").read_text("utf-8"))
    seen = {
        (case["alertname"], len(case["exp_alerts"]))
        for group in cases["tests"]
        for case in group["alert_rule_test"]
    }
    fires = {name for name, count in seen if count}
    rests = {name for name, count in seen if not count}
    names = {rule["alert"] for rule in alerts()}

    assert fires == names
    # The other store's, daemon's or credential's silence is in the cases that fire.
    assert names - rests == {"AppcredsSyncSecretExpires"}


@pytest.mark.parametrize("seconds", [-60, 60])
def test_an_alert_that_waits_a_minute_less_or_more_is_noticed(
    seconds: int, promtool: Promtool, tmp_path: Path
) -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))
    waiting = [rule for rule in rules["groups"][0]["rules"] if "for" in rule]
    for rule in waiting:
        rule["for"] = f"{_seconds(rule['for']) + seconds}s"
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(rules))
    (tmp_path / "alerts_test.yml").write_bytes((FOLDER / "alerts_test.yml").read_bytes())

    done = promtool("test", "rules", "alerts_test.yml", cwd=tmp_path)

    assert done.returncode != 0
    noticed = set(re.findall(r"alertname: (\w+), time", done.stdout))
    assert noticed == {rule["alert"] for rule in waiting}


def test_each_alert_has_its_section_in_the_docs() -> None:
    text = (FOLDER.parents[1] / _PAGE).read_text("utf-8")
    sections = re.findall(r"^### (AppcredsSync\w+)\n\n(.+)", text, re.MULTILINE)
    # GitHub's anchors are the headings in lower case.
    anchors = {name: f"{_PAGE}#{name.lower()}" for name, _ in sections}

    assert anchors == {rule["alert"]: rule["annotations"]["runbook"] for rule in alerts()}
