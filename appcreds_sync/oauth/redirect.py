"""The redirect URI that Home Assistant gives to a provider."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

MY_HOME_ASSISTANT: Final = "https://my.home-assistant.io/redirect/oauth"
"""Where the `my` integration is loaded, which `default_config` does."""

_CALLBACK: Final = "/auth/external/callback"
_WEB_SCHEMES: Final = {"ws": "http", "wss": "https"}


def redirect_uri(url: str | None, *, my_is_loaded: bool = True) -> str:
    """Return the URI to register at the provider, for a Home Assistant that people open at `url`.

    `url` is its base, `ws(s)://` or `http(s)://`, and matters only without the `my` integration.
    Source: `async_get_redirect_uri` in homeassistant/helpers/config_entry_oauth2_flow.py.
    """
    if my_is_loaded or url is None:
        return MY_HOME_ASSISTANT
    parts = urlsplit(url)
    scheme = _WEB_SCHEMES.get(parts.scheme, parts.scheme)
    # Without the path: Home Assistant appends to the frontend's base, which has none.
    return urlunsplit((scheme, parts.netloc, _CALLBACK, "", ""))
