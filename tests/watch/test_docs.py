"""docs/watch.md lists every metric."""

from __future__ import annotations

import re
from pathlib import Path

from tests.examples.test_monitoring import exported

PAGE = Path(__file__).parents[2] / "docs" / "watch.md"


def test_the_page_lists_every_metric_with_its_labels() -> None:
    families = set(re.findall(r"^# TYPE (\w+) ", exported(), re.MULTILINE))
    rows = re.findall(r"^\| `(\w+)(?:\{[a-z,]*\})?` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    listed = {row for row in rows if row.startswith("appcreds_sync_")}

    assert listed == families
