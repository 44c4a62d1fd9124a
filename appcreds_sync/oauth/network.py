"""Sends a token request with requests-oauthlib, and records the answer at the wire."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import requests
from oauthlib.oauth2 import BackendApplicationClient, WebApplicationClient
from requests_oauthlib import OAuth2Session
from urllib3.exceptions import LocationParseError

from appcreds_sync import __version__
from appcreds_sync.oauth.answer import NoAnswer
from appcreds_sync.oauth.recorder import RecordingAdapter
from appcreds_sync.oauth.request import BOGUS_CODE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appcreds_sync.oauth.answer import Record
    from appcreds_sync.oauth.request import TokenRequest

_USER_AGENT: Final = f"appcreds-sync/{__version__} (verify)"
_TALKATIVE: Final = (
    "requests_oauthlib",
    "requests_oauthlib.oauth2_session",
    "urllib3",
    "urllib3.connectionpool",
)
"""Measured: at DEBUG the first two print bodies and headers with the secret in clear."""


@dataclass(frozen=True)
class Network:
    """How providers are reached. `HTTPS_PROXY`, `NO_PROXY` and `SSL_CERT_FILE` count."""

    connect_timeout: float = 5.0
    """Seconds."""
    read_timeout: float = 10.0
    """Seconds for a whole answer."""
    ca_cert: Path | None = None
    """Instead of the authorities that this machine trusts."""
    loopback_http: bool = False
    """Whether `http://` to this machine is allowed: what is sent there does not leave it."""

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Whom to trust: as for Home Assistant and Vault, or one authority would not do for all."""
        context = ssl.create_default_context(cafile=self.ca_cert)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


class _Recorded(Exception):  # no error: it keeps oauthlib from reading the answer
    """The answer is recorded."""


class _Session(OAuth2Session):
    """Follows no redirect, and keeps no token."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none: a secret goes nowhere but to the address that was named."""
        del resp


def send(request: TokenRequest, network: Network) -> Record:
    """Return what the endpoint answers, or why it does not; raise nothing for what it does."""
    _hold_back_logs()
    plain = network.loopback_http and request.token_url.startswith("http://")
    adapter = RecordingAdapter(network.tls, plain_http=plain)
    with _session(request, adapter) as session:
        try:
            _fetch(session, request, network)
        except _Recorded:
            pass
        except requests.RequestException as error:
            return adapter.record or _no_answer(error, network)
        except LocationParseError:  # of a name with a label too long, which requests lets through
            return NoAnswer("no-connection", "is no name that a host can have")
    # Only where a library went another way than the one measured: nothing is made up then.
    return adapter.record or NoAnswer("no-answer", "gave no answer")


def _session(request: TokenRequest, adapter: RecordingAdapter) -> OAuth2Session:
    make = WebApplicationClient if request.grant == "authorization_code" else _backend_client
    session = _Session(client=make(request.client_id), redirect_uri=request.redirect_uri)
    # For the proxies that the environment names. Not .netrc: OAuth2Session has an `auth`.
    session.trust_env = True
    session.headers["User-Agent"] = _USER_AGENT
    session.headers["Accept-Encoding"] = "identity"
    session.mount("https://", adapter)
    session.register_compliance_hook("access_token_response", _stop)
    return session


def _backend_client(client_id: str) -> BackendApplicationClient:
    return BackendApplicationClient(client_id)


def _fetch(session: OAuth2Session, request: TokenRequest, network: Network) -> None:
    extra: dict[str, Any] = dict(request.parameters)
    if request.grant == "authorization_code":
        extra["code"] = BOGUS_CODE
    if request.in_body:
        extra["client_secret"] = request.client_secret.reveal()
    session.fetch_token(
        # oauthlib refuses http but for an environment variable; the adapter turns it back.
        request.token_url.replace("http://", "https://", 1),
        auth=_auth(request),
        include_client_id=request.in_body,
        timeout=cast("Any", (network.connect_timeout, network.read_timeout)),
        **extra,
    )


def _auth(
    request: TokenRequest,
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest] | None:
    header = request.basic_header()
    if header is None:
        return None

    def sign(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = header
        return prepared

    return sign


def _stop(_: requests.Response) -> NoReturn:
    raise _Recorded


def _no_answer(error: requests.RequestException, network: Network) -> NoAnswer:
    # From the narrow to the wide: requests' SSLError and ConnectTimeout are ConnectionErrors too.
    match error:
        case requests.exceptions.SSLError():
            return NoAnswer("tls", "has a certificate that is not trusted here")
        case requests.exceptions.ProxyError():
            return NoAnswer("proxy", "can't be reached through the proxy")
        case requests.exceptions.ConnectTimeout():
            return NoAnswer("timeout", f"can't be reached within {network.connect_timeout:g} s")
        case requests.exceptions.Timeout():
            return NoAnswer("timeout", f"gives no answer within {network.read_timeout:g} s")
        case requests.exceptions.ConnectionError():
            return NoAnswer("no-connection", "can't be reached, or broke the connection")
        case _:
            return NoAnswer("no-answer", "gives no answer that HTTP allows")


def _hold_back_logs() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)
