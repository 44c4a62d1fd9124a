"""docs/watch.md lists every metric."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.examples.monitoring import exported

PAGE = Path(__file__).parents[2] / "docs" / "watch.md"


def test_the_page_lists_every_metric_with_its_labels() -> None:
    labels = {
        family.name + ("_total" if family.type == "counter" else ""): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in text_string_to_metric_families(exported())
    }
    rows = re.findall(
        r"^\| `(appcreds_sync_\w+)(?:\{([a-z,]+)\})?` \|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    listed = {name: set(filter(None, words.split(","))) for name, words in rows}

    assert listed == labels
