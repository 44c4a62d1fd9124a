"""The dashboard and the alert rules ask for what there is, as PromQL's own grammar reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from string import Template
from typing import TYPE_CHECKING, Final

import promql_parser as promql
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.examples.monitoring import alerts, dashboard, exported

if TYPE_CHECKING:
    from collections.abc import Iterator

_FROM_SCRAPING: Final = frozenset({"instance", "job"})
"""Labels that Prometheus adds to every series of a target."""
_GRAFANA_VARIABLES: Final = {"__rate_interval": "2m", "__range": "6h"}


def _dashboard_queries() -> list[str]:
    """Return the queries as Grafana sends them, with all stores and daemons chosen."""
    model = dashboard()
    chosen = {variable["name"]: ".*" for variable in model["templating"]["list"]}
    return [
        Template(target["expr"]).substitute(_GRAFANA_VARIABLES | chosen)
        for panel in model["panels"]
        for target in panel["targets"]
    ]


def _alert_queries() -> list[str]:
    return [rule["expr"] for rule in alerts()]


def _nodes(query: str) -> Iterator[promql.Expr]:
    found: list[promql.Expr] = []
    promql.walk(promql.parse(query), found.append)
    return iter(found)


def _selectors(query: str) -> Iterator[promql.VectorSelector]:
    return (node for node in _nodes(query) if isinstance(node, promql.VectorSelector))


def _series() -> dict[str, dict[str, set[str]]]:
    """Return by metric its labels, each with its values."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for family in text_string_to_metric_families(exported()):
        for sample in family.samples:
            labels = found[sample.name]
            for label, value in sample.labels.items():
                labels[label].add(value)
    return found


@pytest.mark.parametrize("query", [*_alert_queries(), *_dashboard_queries()])
def test_a_query_asks_for_what_there_is(query: str) -> None:
    series = _series()
    known = set(_FROM_SCRAPING)
    for selector in _selectors(query):
        assert selector.name in series
        labels = series[selector.name]
        known |= set(labels)
        for matcher in selector.matchers.matchers:
            assert {matcher.name} <= {*labels, *_FROM_SCRAPING}
            words = set(matcher.value.split("|")) - {".*"}
            assert words <= labels.get(matcher.name, set())
    for node in _nodes(query):
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            assert set(node.modifier.labels) <= known
        if isinstance(node, promql.BinaryExpr) and node.modifier is not None:
            matching = node.modifier.matching
            assert set([] if matching is None else matching.labels) <= known


@pytest.mark.parametrize("query", _dashboard_queries())
def test_a_panel_obeys_the_variables_that_it_can_obey(query: str) -> None:
    series = _series()
    for selector in _selectors(query):
        named = {matcher.name for matcher in selector.matchers.matchers}
        obeyed = {"instance", "store"} & {"instance", *series[str(selector.name)]}
        assert named >= obeyed


def test_the_dashboard_shows_every_metric() -> None:
    shown = {
        re.sub(r"_bucket$", "", str(selector.name))
        for query in _dashboard_queries()
        for selector in _selectors(query)
    }

    assert shown == set(re.findall(r"^# TYPE (\w+) ", exported(), re.MULTILINE))
