"""The catalogue that ships with the package."""

from __future__ import annotations

from appcreds_sync.model.catalogue import Integration, facts_of
from appcreds_sync.oauth.catalogue import load_catalogue


def test_it_has_every_integration_of_2026_11() -> None:
    catalogue = load_catalogue()
    assert len(catalogue) == 54
    assert all(domain == facts.domain for domain, facts in catalogue.items())


def test_the_facts_that_planning_relies_on() -> None:
    catalogue = load_catalogue()
    assert {d for d, f in catalogue.items() if f.single_implementation} == {
        "smartthings",
        "withings",
    }
    assert {d for d, f in catalogue.items() if f.built_in_credential} == {
        "bosch_smart_camera",
        "ondilo_ico",
        "overkiz",
        "teslemetry",
        "vicare",
        "willow",
    }
    assert not catalogue["overkiz"].secret_required


def test_a_custom_integration_gets_the_defaults() -> None:
    assert facts_of(load_catalogue(), "my_custom_thing") == Integration("my_custom_thing")
