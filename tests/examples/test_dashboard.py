"""The dashboard can be imported anywhere, and is laid out soundly."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.examples.monitoring import dashboard

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 24
"""Columns of Grafana's grid."""
_UNITS: Final = frozenset({"none", "s", "ops", "dtdurations", "dateTimeFromNow"})
"""Those of Grafana's units that mean what our metrics are in, by their ids."""


def _lost(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Yield the places where `after` lacks or changes what `before` holds."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from _lost(value, after.get(key), f"{place}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _lost(one, other, f"{place}[{number}]")
    elif before != after:
        yield place


def _read_by_grafana(model: dict[str, Any]) -> Any:
    """Return the model after it went through Grafana's schema, which drops what it doesn't know."""
    register_default_plugins()
    return json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(model)))


def test_grafana_knows_every_field() -> None:
    assert list(_lost(dashboard(), _read_by_grafana(dashboard()))) == []


def test_a_field_that_grafana_does_not_know_would_be_noticed() -> None:
    model = dashboard()
    model["panels"][0]["options"]["graphModes"] = "none"
    model["panels"][0]["targets"][0]["query"] = "up"

    lost = list(_lost(model, _read_by_grafana(model)))

    assert lost == [".panels[0].options.graphModes", ".panels[0].targets[0].query"]


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = dashboard()["panels"]
    places = [panel["gridPos"] for panel in panels]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(place["x"] + place["w"] <= _WIDTH for place in places)
    assert not [pair for pair in combinations(places, 2) if _overlap(*pair)]


def test_all_comes_from_the_data_source_that_the_reader_chooses() -> None:
    model = dashboard()
    variables = {variable["name"]: variable for variable in model["templating"]["list"]}
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    asking = [*model["panels"], *(row for row in variables.values() if row["type"] == "query")]
    asking += [target for panel in model["panels"] for target in panel["targets"]]

    assert variables["datasource"]["type"] == "datasource"
    assert [row for row in asking if row["datasource"] != chosen] == []


def test_each_panel_has_a_title_of_its_own_and_a_unit() -> None:
    panels = dashboard()["panels"]

    assert len({panel["title"] for panel in panels}) == len(panels)
    assert {panel["fieldConfig"]["defaults"]["unit"] for panel in panels} <= _UNITS


def test_a_table_or_a_list_of_the_worst_asks_for_now_only() -> None:
    # Over a range, topk picks anew at each step, and a table has a row for each.
    kinds = {"bargauge", "stat", "table"}
    panels = [panel for panel in dashboard()["panels"] if panel["type"] in kinds]

    assert panels
    assert all(target.get("instant") for panel in panels for target in panel["targets"])


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )
