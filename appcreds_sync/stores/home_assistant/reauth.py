"""Ends a flow that asks a person to sign in again, and with it its repair issue.

Home Assistant 2024.3.3 and 2025.4.4: deleting the flow leaves the issue; walking the flow to the
provider's page and coming back from it with `access_denied` ends both. 2026.11 ends both by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from appcreds_sync.model.errors import CommandRefused, Problem, StoreUnavailable
from appcreds_sync.stores.home_assistant.address import base_url

if TYPE_CHECKING:
    import requests

    from appcreds_sync.model.manifest import LiveStoreSpec
    from appcreds_sync.model.secret import Secret

_MAX_STEPS = 3
"""Forms before the provider's page: a confirmation, at times the choice of an implementation."""
_GONE = 404


def end_reauth(spec: LiveStoreSpec, token: Secret, flow_id: str) -> None:
    """End the flow, blocking. Raise StoreUnavailable or CommandRefused where that fails."""
    # requests takes 60 ms, and is only needed after a roll-back.
    import requests

    from appcreds_sync.stores.home_assistant.http_session import make_session

    with make_session(spec, token) as session:
        base = base_url(spec.url)
        # Without it, Home Assistant can't say where the provider is to send the person back to.
        session.headers["HA-Frontend-Base"] = base
        try:
            _end(session, base, flow_id, spec.timeout)
        except requests.exceptions.JSONDecodeError:  # a RequestException, though it was answered
            what = "an answer is no JSON: is there a proxy with a page of its own?"
            raise CommandRefused(_failed(spec, what)) from None
        except requests.RequestException as error:
            raise StoreUnavailable(_failed(spec, type(error).__name__)) from None
        except _Odd as error:
            raise CommandRefused(_failed(spec, str(error))) from None
        except (AttributeError, LookupError, TypeError, ValueError):
            # Steps are read as the versions that were tried give them, not checked piece by piece.
            what = "an answer has not the form that Home Assistant gives it"
            raise CommandRefused(_failed(spec, what)) from None


class _Odd(Exception):
    """The flow did not go as it does in the versions that were tried."""


def _end(session: requests.Session, base: str, flow_id: str, timeout: float) -> None:
    flow_url = f"{base}/api/config/config_entries/flow/{flow_id}"
    answer = session.get(flow_url, timeout=timeout, allow_redirects=False)
    for _ in range(_MAX_STEPS):
        if answer.status_code == _GONE:
            return
        step: dict[str, Any] = answer.json() if answer.ok else {}
        if step.get("type") == "external":
            state = parse_qs(urlsplit(step["url"]).query).get("state", [""])[0]
            back = {"state": state, "error": "access_denied"}
            came_back = f"{base}/auth/external/callback"
            session.get(came_back, params=back, timeout=timeout, allow_redirects=False)
            # The flow takes its last step when somebody looks at it, as HA's page would.
            session.get(flow_url, timeout=timeout, allow_redirects=False)
            return
        if step.get("type") != "form":
            break
        answer = session.post(
            flow_url, json=_filled_in(step), timeout=timeout, allow_redirects=False
        )
    # The flow at least; whoever sees the issue can dismiss it.
    session.delete(flow_url, timeout=timeout, allow_redirects=False)
    message = "its repair issue may have to be dismissed by hand"
    raise _Odd(message)


def _filled_in(step: dict[str, Any]) -> dict[str, Any]:
    """Choose the first option where the form asks for an implementation; else send it empty."""
    for field in step.get("data_schema") or ():
        if field.get("name") == "implementation" and field.get("options"):
            return {"implementation": field["options"][0][0]}
    return {}


def _failed(spec: LiveStoreSpec, what: str) -> Problem:
    return Problem(
        "reauth-not-ended",
        f"the request to sign in again that the roll-back left could not be ended: {what}",
        "dismiss it in Home Assistant; the account itself works",
        f"store {spec.name}",
    )
