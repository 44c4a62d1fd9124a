"""Home Assistant's config flows, over its REST API.

The end points are those of its own page (components/config/config_entries.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appcreds_sync.model.errors import CommandRefused, Problem, StoreUnavailable
from appcreds_sync.model.linking import Aborted, Created, External, Form, FormField, Gone, Working
from appcreds_sync.stores.home_assistant.address import base_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import requests

    from appcreds_sync.model.linking import Step

_PATH = "/api/config/config_entries/flow"
_SLOW_SECONDS = 60.0
"""The first flow of an integration imports it; an answer may wait for the provider."""
_NOT_FOUND = 404
_KINDS: Mapping[str, Any] = {
    "string": "text",
    "text": "text",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "boolean": "boolean",
}


class Flows:
    """One Home Assistant's flows, for the length of an HTTP session."""

    def __init__(self, session: requests.Session, url: str, opened_at: str, where: str) -> None:
        """Take the store's `url`, and the address at which the person's browser opens it.

        Home Assistant makes the redirect URI of the latter where it runs without `my`.
        """
        self._session = session
        self._base = base_url(url)
        self._headers = {"HA-Frontend-Base": base_url(opened_at)}
        self._where = where

    def start(self, integration: str) -> Step:
        """Begin to link an account. Raise StoreError where that can't be."""
        body = {"handler": integration, "show_advanced_options": False}
        return self._call("POST", "", body, integration)

    def answer(self, flow_id: str, answers: Mapping[str, object]) -> Step:
        """Send what a form asked for."""
        return self._call("POST", f"/{flow_id}", dict(answers))

    def look(self, flow_id: str) -> Step:
        """Return the step that the flow is at; moves it on where it can move."""
        return self._call("GET", f"/{flow_id}")

    def abandon(self, flow_id: str) -> None:
        """End the flow; one that is not there is success."""
        self._request("DELETE", f"/{flow_id}")

    def _call(
        self, method: str, path: str, body: object = None, integration: str | None = None
    ) -> Step:
        answer = self._request(method, path, body)
        if answer.status_code == _NOT_FOUND and integration is None:
            return Gone()
        if not answer.ok:
            raise self._refused(answer, integration)
        try:
            return read_step(answer.json())
        except (ValueError, KeyError, TypeError):
            what = "its answer about a config flow has not the form that Home Assistant gives it"
            hint = "link the account in Home Assistant's page; report it with both versions"
            raise StoreUnavailable(Problem("store-bad-answer", what, hint, self._where)) from None

    def _request(self, method: str, path: str, body: object = None) -> requests.Response:
        import requests  # noqa: PLC0415  # 60 ms, not for --help

        try:
            return self._session.request(
                method,
                f"{self._base}{_PATH}{path}",
                json=body,
                headers=self._headers,
                timeout=_SLOW_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            what = f"Home Assistant gave no answer about the flow ({type(error).__name__})"
            hint = "see whether it runs, then link again"
            raise StoreUnavailable(Problem("store-lost", what, hint, self._where)) from None

    def _refused(self, answer: requests.Response, integration: str | None) -> CommandRefused:
        what = f"Home Assistant refuses the flow (HTTP {answer.status_code})"
        hint = "look into its log"
        if integration is not None and answer.status_code == _NOT_FOUND:
            what = f"Home Assistant has no way to add {integration} by its page"
            hint = "see whether the integration is installed, and set up by a config flow"
        return CommandRefused(Problem("flow-refused", what, hint, self._where))


def read_step(answer: Mapping[str, Any]) -> Step:
    """Read what any of the end points answers. Raise KeyError or TypeError where it can't be."""
    match answer:
        case {"type": "create_entry", "result": {"entry_id": str(entry_id), **rest_of_it}}:
            return Created(entry_id, str(rest_of_it.get("title") or answer.get("title") or ""))
        case {"type": "abort", "reason": str(reason)}:
            return Aborted(reason)
        case {"type": "external", "flow_id": str(flow_id), "url": str(url)}:
            return External(flow_id, url)
        case {"type": "form", "flow_id": str(flow_id), "step_id": str(step_id), **more}:
            fields = tuple(_fields(more.get("data_schema") or ()))
            errors = tuple(map(str, (more.get("errors") or {}).values()))
            return Form(flow_id, step_id, fields, errors)
        case {"type": "menu", "flow_id": str(flow_id), "menu_options": options}:
            choices = options if isinstance(options, dict) else {name: name for name in options}
            choice = FormField("next_step_id", "choice", options=choices)
            return Form(flow_id, "menu", (choice,))
        case _:
            return Working(str(answer["flow_id"]))


def _fields(schema: Iterable[Mapping[str, Any]]) -> Iterable[FormField]:
    for row in schema:
        selector = row.get("selector") or {}
        kind = next(iter(selector), None) or row.get("type")
        options = (
            row.get("options") if "options" in row else (selector.get(kind) or {}).get("options")
        )
        yield FormField(
            name=row["name"],
            kind="choice" if options else _KINDS.get(str(kind), "other"),
            required=row.get("required") is True,
            default=row.get("default"),
            options=dict(_option(option) for option in _listed(options)),
        )


def _listed(options: Any) -> Iterable[Any]:  # noqa: ANN401  # JSON, in one of four forms
    return options.items() if isinstance(options, dict) else options or ()


def _option(option: Any) -> tuple[str, str]:  # noqa: ANN401  # as above
    match option:
        case str():
            return option, option
        case {"value": value, "label": label}:
            return str(value), str(label)
        case _:
            value, label = option
            return str(value), str(label)
