"""Linking an account through Home Assistant's own flow, as a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.lab.browser import fill_in_forms

if TYPE_CHECKING:
    from tests.lab.home_assistant import HomeAssistant
    from tests.lab.provider import Provider

_FLOWS: Final = "config/config_entries/flow"
_PERSON: Final = {"login": "someone", "password": "anything"}


class LinkingFailed(Exception):
    """Home Assistant ended the flow without an account; `reason` is its word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def link(home_assistant: HomeAssistant, provider: Provider, domain: str, auth_domain: str) -> str:
    """Link an account by the item of that effective auth domain; return the config entry's id.

    Raise LinkingFailed where Home Assistant ends the flow otherwise.
    """
    home_assistant.choose_provider(provider.url)
    step = home_assistant.api.rest("POST", _FLOWS, {"handler": domain})
    ended = _go_through(home_assistant, step, auth_domain)
    if ended["type"] != "create_entry":
        raise LinkingFailed(ended["reason"])
    entry_id: str = ended["result"]["entry_id"]
    return entry_id


def sign_in_again(home_assistant: HomeAssistant, entry_id: str, auth_domain: str) -> None:
    """Do what Home Assistant asks for in an account's reauth flow; the account is set up anew.

    Raise LinkingFailed where that doesn't mend the account.
    """
    (flow,) = home_assistant.reauth_flows(entry_id)
    step = home_assistant.api.rest("GET", f"{_FLOWS}/{flow['flow_id']}")
    ended = _go_through(home_assistant, step, auth_domain)
    if ended.get("reason") != "reauth_successful":
        raise LinkingFailed(str(ended.get("reason", ended["type"])))


def _go_through(home_assistant: HomeAssistant, step: dict[str, Any], key: str) -> dict[str, Any]:
    """Answer step after step; return the one that ends the flow."""
    api = home_assistant.api
    while step["type"] in {"form", "external"}:
        flow = f"{_FLOWS}/{step['flow_id']}"
        if step["type"] == "external":
            fill_in_forms(step["url"], _PERSON)
            step = api.rest("GET", flow)
        elif step["step_id"] == "pick_implementation":
            step = api.rest("POST", flow, {"implementation": key})
        else:
            step = api.rest("POST", flow, {})
    return step
