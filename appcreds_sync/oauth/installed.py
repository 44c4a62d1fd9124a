"""Run by an installed Home Assistant's own Python: prints what its integrations really do, as JSON.

Not imported by us. Each integration that can be imported is made to turn a code into a token; the
request that it would send is caught, so what is read is what it does, not what it says.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import importlib
import json
import sys
from pathlib import Path
from typing import Any, Final
from unittest.mock import MagicMock
from urllib.parse import parse_qsl, quote_plus

CLIENT_ID: Final = "an id%"
CLIENT_SECRET: Final = "a secret%"  # noqa: S105  # shows how it is encoded
AUTH_DOMAIN: Final = "given"
OF_OAUTH_ITSELF: Final = frozenset(
    {"client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"}
)


class Sent(Exception):  # ends the exchange once the request is known
    """The request was caught."""


class Session:
    """Stands where aiohttp's session would be."""

    form: dict[str, str]
    basic: str | None

    def forget(self) -> None:
        """Be as new: integrations hold on to this one object."""
        self.form = {}
        self.basic = None

    async def post(self, _url: str, **options: Any) -> None:  # noqa: ANN401  # aiohttp's
        """Keep what would be sent."""
        data = options.get("data") or {}
        self.form = dict(parse_qsl(data)) if isinstance(data, str) else dict(data)
        auth = options.get("auth")
        header = (options.get("headers") or {}).get("Authorization") or (auth and auth.encode())
        if header:
            self.basic = base64.b64decode(header.removeprefix("Basic ")).decode()
        raise Sent


session = Session()


def main() -> None:
    """Print `{home_assistant, read: {domain: facts}, not_read: {domain: why}}`."""
    helpers: Any = importlib.import_module("homeassistant.helpers.aiohttp_client")
    # Before any integration takes the function from there by its name.
    helpers.async_get_clientsession = lambda *_, **__: session
    components = importlib.import_module("homeassistant.components")
    read: dict[str, dict[str, Any]] = {}
    not_read: dict[str, str] = {}
    for platform in sorted(Path(components.__path__[0]).glob("*/application_credentials.py")):
        domain = platform.parent.name
        try:
            read[domain] = asyncio.run(facts_of(domain))
        except Exception as error:  # noqa: BLE001  # it may fail in any way; it is left out, and said
            not_read[domain] = f"{type(error).__name__}: {error}"
    version = importlib.import_module("homeassistant.const").__version__
    json.dump({"home_assistant": version, "read": read, "not_read": not_read}, sys.stdout)


async def facts_of(domain: str) -> dict[str, Any]:
    """Return the facts of one integration, under the names that the catalogue gives them."""
    implementation = await implementation_of(domain)
    session.forget()
    with contextlib.suppress(Sent):
        await implementation.async_resolve_external_data(
            {"code": "a code", "state": {"redirect_uri": "https://house.example.org"}}
        )
    if not session.form:
        message = "sent no token request"
        raise RuntimeError(message)
    in_body = session.form.get("client_secret") == CLIENT_SECRET
    form_encoded = session.basic == f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}"
    in_basic = form_encoded or session.basic == f"{CLIENT_ID}:{CLIENT_SECRET}"
    return {
        "authorize_url": implementation.authorize_url,
        "token_url": implementation.token_url,
        "pkce": "code_verifier" in session.form,
        "client_auth": {
            (True, False): "client_secret_post",
            (False, True): "client_secret_basic",
            (True, True): "client_secret_basic+post",
        }.get((in_body, in_basic), "none"),
        "single_implementation": implementation.domain != AUTH_DOMAIN,
        "basic_form_encoded": form_encoded,
        "token_parameters": {k: v for k, v in session.form.items() if k not in OF_OAUTH_ITSELF},
    }


async def implementation_of(domain: str) -> Any:  # noqa: ANN401  # Home Assistant's class
    """Return what Home Assistant would make of a credential for the integration."""
    base = importlib.import_module("homeassistant.components.application_credentials")
    platform = importlib.import_module(f"homeassistant.components.{domain}.application_credentials")
    credential = base.ClientCredential(CLIENT_ID, CLIENT_SECRET, "a name")
    if hasattr(platform, "async_get_auth_implementation"):
        return await platform.async_get_auth_implementation(MagicMock(), AUTH_DOMAIN, credential)
    server = await platform.async_get_authorization_server(MagicMock())
    return base.AuthImplementation(MagicMock(), AUTH_DOMAIN, credential, server)


if __name__ == "__main__":
    main()
