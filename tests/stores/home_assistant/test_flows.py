from __future__ import annotations

import pytest

from appcreds_sync.model.linking import Aborted, Created, External, Form, FormField, Working
from appcreds_sync.stores.home_assistant.flows import read_step

FORM = {"type": "form", "flow_id": "f", "step_id": "user", "errors": None}


def _field(row: dict[str, object]) -> FormField:
    step = read_step({**FORM, "data_schema": [row]})
    assert isinstance(step, Form)
    return step.fields[0]


def test_the_ends_of_a_flow() -> None:
    created = {"type": "create_entry", "title": "Ann", "result": {"entry_id": "e", "title": "Ann"}}

    assert read_step(created) == Created("e", "Ann")
    assert read_step({"type": "abort", "reason": "already_configured"}) == Aborted(
        "already_configured"
    )


def test_the_way_to_the_provider() -> None:
    step = read_step({"type": "external", "flow_id": "f", "url": "https://p/auth?state=canary"})

    assert step == External("f", "https://p/auth?state=canary")
    assert "canary" not in repr(step)


@pytest.mark.parametrize("kind", ["progress", "external_done", "progress_done"])
def test_what_goes_on_by_itself(kind: str) -> None:
    assert read_step({"type": kind, "flow_id": "f"}) == Working("f")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name": "a", "type": "string", "required": True}, FormField("a", "text")),
        ({"name": "a", "type": "integer"}, FormField("a", "integer", required=False)),
        (
            {"name": "a", "type": "boolean", "required": True, "default": True},
            FormField("a", "boolean", default=True),
        ),
        (
            {"name": "a", "type": "select", "options": [["x", "X"]], "required": True},
            FormField("a", "choice", options={"x": "X"}),
        ),
        (
            {"name": "a", "type": "select", "options": {"x": "X"}, "required": True},
            FormField("a", "choice", options={"x": "X"}),
        ),
        (
            {
                "name": "a",
                "required": True,
                "selector": {"select": {"options": ["x", {"value": "y", "label": "Y"}]}},
            },
            FormField("a", "choice", options={"x": "x", "y": "Y"}),
        ),
        ({"name": "a", "selector": {"text": {}}, "required": True}, FormField("a", "text")),
        ({"name": "a", "selector": {"entity": None}, "required": True}, FormField("a", "other")),
        (
            {
                "name": "a",
                "required": True,
                "selector": {"select": {"options": ["x"], "multiple": True}},
            },
            FormField("a", "choices", options={"x": "x"}),
        ),
        (
            {"name": "a", "type": "multi_select", "options": {"x": "X"}, "required": True},
            FormField("a", "choices", options={"x": "X"}),
        ),
        (
            {"name": "a", "selector": {"text": {"type": "password"}}, "required": True},
            FormField("a", "text", hidden=True),
        ),
    ],
)
def test_what_a_form_asks_for(row: dict[str, object], expected: FormField) -> None:
    assert _field(row) == expected


def test_a_menu_is_a_choice() -> None:
    step = read_step({"type": "menu", "flow_id": "f", "menu_options": ["cloud", "local"]})

    options = {"cloud": "cloud", "local": "local"}
    assert step == Form("f", "menu", (FormField("next_step_id", "choice", options=options),))


def test_what_was_wrong_with_the_answers() -> None:
    step = read_step({**FORM, "errors": {"base": "invalid_auth"}, "data_schema": []})

    assert isinstance(step, Form)
    assert step.errors == ("invalid_auth",)


def test_which_field_was_wrong() -> None:
    step = read_step({**FORM, "errors": {"pin": "wrong_pin"}, "data_schema": []})

    assert isinstance(step, Form)
    assert step.errors == ("pin: wrong_pin",)


def test_the_word_that_the_provider_said() -> None:
    told = {"error": "invalid_scope"}
    step = {"type": "abort", "reason": "rejected", "description_placeholders": told}

    assert read_step(step) == Aborted("rejected", "invalid_scope")


def test_what_a_person_needs_meanwhile() -> None:
    told = {"user_code": "canary"}
    step = read_step({"type": "progress", "flow_id": "f", "description_placeholders": told})

    assert step == Working("f", told)
    assert "canary" not in repr(step)


@pytest.mark.parametrize("answer", [{}, {"type": "create_entry"}, {"type": "form"}])
def test_what_home_assistant_never_says_is_not_understood(answer: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        read_step(answer)
