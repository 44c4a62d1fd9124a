"""What a person does on a new Home Assistant: makes the owner's account, answers the questions.

The end points are those of Home Assistant's own onboarding page.
"""

from __future__ import annotations

import contextlib
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode

from tests.lab.api import Api, request

USERNAME: Final = "owner"
PASSWORD: Final = "a password for loopback only"


def onboard(url: str) -> str:
    """Take a new Home Assistant through onboarding; return a long-lived token of its owner."""
    owner = {"name": "Owner", "username": USERNAME, "password": PASSWORD, "language": "en"}
    made = request("POST", f"{url}/api/onboarding/users", {"client_id": f"{url}/", **owner})
    session = Api(url, _token_for_code(url, made["auth_code"]))
    # This step counts as done, then may fail: it wants met and radio_browser.
    with contextlib.suppress(HTTPError):
        session.rest("POST", "onboarding/core_config", {})
    session.rest("POST", "onboarding/analytics", {})
    client = {"client_id": f"{url}/", "redirect_uri": f"{url}/"}
    session.rest("POST", "onboarding/integration", client)
    return _long_lived_token(session)


def add_user(admin: Api) -> str:
    """Add a user who is no admin; return a long-lived token of theirs."""
    made = admin.command("config/auth/create", name="Guest", group_ids=["system-users"])
    admin.command(
        "config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        username="guest",
        password=PASSWORD,
    )
    client = {"client_id": f"{admin.url}/", "redirect_uri": f"{admin.url}/"}
    login = f"{admin.url}/auth/login_flow"
    flow = request("POST", login, {**client, "handler": ["homeassistant", None]})
    answers = {"client_id": f"{admin.url}/", "username": "guest", "password": PASSWORD}
    done = request("POST", f"{login}/{flow['flow_id']}", answers)
    return _long_lived_token(Api(admin.url, _token_for_code(admin.url, done["result"])))


def _token_for_code(url: str, code: str) -> str:
    form = {"grant_type": "authorization_code", "code": code, "client_id": f"{url}/"}
    token: str = request("POST", f"{url}/auth/token", urlencode(form).encode())["access_token"]
    return token


def _long_lived_token(session: Api) -> str:
    token: str = session.command("auth/long_lived_access_token", client_name="lab", lifespan=1)
    return token
