"""Home Assistant's config flows, over its REST API.

The end points are those of its own page (components/config/config_entries.py).
"""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from appcreds_sync.model.errors import CommandRefused, Problem, StoreError, StoreUnavailable
from appcreds_sync.model.linking import Aborted, Created, External, Form, FormField, Gone, Working
from appcreds_sync.stores.home_assistant.address import base_url, origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import requests

    from appcreds_sync.model.linking import Kind, Step

_PATH = "/api/config/config_entries/flow"
_SLOW_SECONDS = 60.0
"""The first flow of an integration imports it; an answer may wait for the provider."""
_NOT_NOW = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_KINDS: Mapping[str, Kind] = {
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
        self._headers = {"HA-Frontend-Base": origin(opened_at)}
        self._where = where

    def start(self, integration: str) -> Step:
        """Begin to link an account. Raise StoreError where that can't be."""
        body = {"handler": integration, "show_advanced_options": False}
        answer = self._request("POST", "", body)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            what = f"Home Assistant has no way to add {integration} by its page"
            hint = "see whether the integration is installed, and set up by a config flow"
            raise CommandRefused(Problem("flow-refused", what, hint, self._where))
        return self._read(answer)

    def answer(self, form: Form, answers: Mapping[str, object]) -> Step:
        """Send what `form` asked for; where that can't be, it comes back with what is wrong."""
        answer = self._request("POST", f"/{form.flow_id}", dict(answers))
        errors = _errors(answer) if answer.status_code == HTTPStatus.BAD_REQUEST else ()
        return dataclasses.replace(form, errors=errors) if errors else self._step(answer)

    def look(self, flow_id: str) -> Step:
        """Return the step that the flow is at; moves it on where it can move."""
        return self._step(self._request("GET", f"/{flow_id}"))

    def abandon(self, flow_id: str) -> None:
        """End the flow; one that is not there is success. Raise StoreError if it stays."""
        answer = self._request("DELETE", f"/{flow_id}")
        if not answer.ok and answer.status_code != HTTPStatus.NOT_FOUND:
            raise self._refused(answer)

    def _step(self, answer: requests.Response) -> Step:
        return Gone() if answer.status_code == HTTPStatus.NOT_FOUND else self._read(answer)

    def _read(self, answer: requests.Response) -> Step:
        if not answer.ok:
            raise self._refused(answer)
        try:
            return read_step(answer.json())
        except (ValueError, KeyError, TypeError):
            what = "its answer about a config flow has not the form that Home Assistant gives it"
            hint = "link the account in Home Assistant's page; report it with both versions"
            raise StoreUnavailable(Problem("store-bad-answer", what, hint, self._where)) from None

    def _request(self, method: str, path: str, body: object = None) -> requests.Response:
        import requests  # 60 ms, not for --help

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

    def _refused(self, answer: requests.Response) -> StoreError:
        status = answer.status_code
        if status in _NOT_NOW:
            what = f"Home Assistant can't be asked about the flow just now (HTTP {status})"
            hint = "see whether it runs, then link again"
            return StoreUnavailable(Problem("store-lost", what, hint, self._where))
        what = f"Home Assistant refuses the flow (HTTP {status})"
        hint = _HINTS.get(status, "look into its log")
        return CommandRefused(Problem("flow-refused", what, hint, self._where))


_HINTS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "`token` must be an administrator's",
    # Its Supervisor passes no header on (supervisor/api/proxy.py), and DELETE since 2026.
    HTTPStatus.METHOD_NOT_ALLOWED: "a proxy in between must let DELETE through; of Supervisors "
    "those since February 2026 do",
    HTTPStatus.INTERNAL_SERVER_ERROR: 'look into its log; "No header in request" there means that '
    "a proxy in between, such as the Supervisor's, passes no HA-Frontend-Base on: set up `my:` in "
    "configuration.yaml, or write Home Assistant's own address into `url`",
}


def _errors(answer: requests.Response) -> tuple[str, ...]:
    """Read what Home Assistant found wrong with answers; empty where it says nothing of that."""
    try:
        return _read_errors(answer.json().get("errors"))
    except (ValueError, AttributeError):
        return ()


def _read_errors(errors: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(
        text if name == "base" else f"{name}: {text}"
        for name, said in (errors or {}).items()
        for text in map(str, said if isinstance(said, list) else [said])
    )


def read_step(answer: Mapping[str, Any]) -> Step:
    """Read what any of the end points answers. Raise KeyError or TypeError where it can't be."""
    match answer:
        case {"type": "create_entry", "result": {"entry_id": str(entry_id), **rest_of_it}}:
            return Created(entry_id, str(rest_of_it.get("title") or answer.get("title") or ""))
        case {"type": "abort", "reason": str(reason)}:
            told = answer.get("description_placeholders") or {}
            return Aborted(reason, str(told.get("error") or ""))
        case {"type": "external", "flow_id": str(flow_id), "url": str(url)}:
            return External(flow_id, url)
        case {"type": "form", "flow_id": str(flow_id), "step_id": str(step_id), **more}:
            fields = tuple(_fields(more.get("data_schema") or ()))
            return Form(flow_id, step_id, fields, _read_errors(more.get("errors")))
        case {"type": "menu", "flow_id": str(flow_id), "menu_options": options}:
            choices = options if isinstance(options, dict) else {name: name for name in options}
            choice = FormField("next_step_id", "choice", options=choices)
            return Form(flow_id, "menu", (choice,))
        case _:
            told = answer.get("description_placeholders") or {}
            return Working(
                str(answer["flow_id"]), {str(name): str(text) for name, text in told.items()}
            )


def _fields(schema: Iterable[Mapping[str, Any]]) -> Iterable[FormField]:
    for row in schema:
        selector = row.get("selector") or {}
        kind = next(iter(selector), None) or row.get("type")
        settings = selector.get(kind) or {}
        options = row.get("options") or settings.get("options")
        several = kind == "multi_select" or settings.get("multiple") is True
        yield FormField(
            name=row["name"],
            kind=_kind(str(kind), several=several, offers=bool(options)),
            required=row.get("required") is True,
            default=row.get("default"),
            options=dict(_option(option) for option in _listed(options)),
            hidden=settings.get("type") == "password",
        )


def _kind(kind: str, *, several: bool, offers: bool) -> Kind:
    if offers:
        return "choices" if several else "choice"
    return "other" if several else _KINDS.get(kind, "other")


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
