from __future__ import annotations

from appcreds_sync.model.reference import EnvReference
from appcreds_sync.secrets import env
from tests.secrets.references import problem, revealed

TOKEN = EnvReference("HA_TOKEN")


def test_a_variable_is_read() -> None:
    assert revealed(env.read(TOKEN, {"HA_TOKEN": "canary"})) == "canary"


def test_a_variable_that_is_not_set() -> None:
    found = problem(env.read(TOKEN, {"OTHER": "canary"}))

    assert found.code == "env-missing"
    assert found.hint == "set it where appcreds-sync is started"


def test_a_misspelt_variable_is_guessed_without_its_value() -> None:
    found = problem(env.read(TOKEN, {"HA_TOKENS": "canary"}))

    assert found.hint == "did you mean HA_TOKENS?"
    assert "canary" not in str(found)


def test_an_empty_variable_is_named() -> None:
    assert problem(env.read(TOKEN, {"HA_TOKEN": " "})).what == (
        "the variable HA_TOKEN is only white space"
    )
