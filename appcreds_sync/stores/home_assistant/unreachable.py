"""Why no connection to Home Assistant came about, in words that say what to do."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from websockets.exceptions import InvalidMessage, InvalidStatus

from appcreds_sync.model.errors import Problem, StoreUnavailable
from appcreds_sync.stores.home_assistant import open_files


class Target(NamedTuple):
    """Whom we tried to reach."""

    url: str
    """Of the WebSocket."""
    where: str
    timeout: float
    """Seconds."""

    @property
    def address(self) -> str:
        """Host and port, as written."""
        return urlsplit(self.url).netloc

    @property
    def secure(self) -> bool:
        """Whether TLS was spoken."""
        return self.url.startswith("wss:")


def unreachable(error: Exception, target: Target) -> StoreUnavailable:
    """Return what to tell a person about `error`, raised while connecting to `target`."""
    match error:
        case InvalidStatus():
            location = error.response.headers.get("Location")
            code, what, hint = _http_status(error.response.status_code, location, target)
        case InvalidMessage():
            code, what, hint = _not_http(target)
        case ssl.SSLError():
            code, what, hint = _tls(error, target)
        case TimeoutError():
            code = "store-timeout"
            what = f"no answer from {target.address} within {target.timeout:g} s"
            hint = "check `url`, the network and the firewall, or raise the store's `timeout`"
        case UnicodeError() | socket.gaierror():
            code = "store-name-unknown"
            what = f"the name {urlsplit(target.url).hostname} can't be resolved"
            hint = "check the host in `url`, and this machine's DNS"
        case OSError():
            code, what, hint = _network(error, target)
        case _:
            code = "store-no-websocket"
            what = f"{target.address} does not speak WebSocket ({type(error).__name__})"
            hint = "check that `url` leads to Home Assistant, without a page's path"
    return StoreUnavailable(Problem(code, what, hint, target.where))


def _network(error: OSError, target: Target) -> tuple[str, str, str]:
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return _not_http(target)  # asyncio raises these without a number
    match _errno(error):
        case errno.ECONNREFUSED:
            what = f"nothing listens at {target.address}"
            hint = "check `url` and its port (8123 unless changed), and that Home Assistant runs"
            return "store-refused", what, hint
        case errno.EHOSTUNREACH | errno.ENETUNREACH:
            what = f"there is no route to {target.address}"
            return "store-no-route", what, "check `url`, the network and any VPN"
        case errno.EMFILE:
            problem = open_files.problem(target.where)
            return problem.code, problem.what, problem.hint
        case number:
            what = (
                f"no connection to {target.address} ({errno.errorcode.get(number or 0, 'OSError')})"
            )
            return "store-unreachable", what, "check `url` and the network"


def _errno(error: OSError) -> int | None:
    """Return the number of `error`, also where asyncio rolled several addresses' into one text."""
    if error.errno is not None:
        return error.errno
    found = re.search(r"\[Errno (\d+)\]", str(error))
    return int(found[1]) if found else None


def _not_http(target: Target) -> tuple[str, str, str]:
    what = f"{target.address} closes the connection without an answer in HTTP"
    hint = "check the port in `url`"
    if not target.secure:
        hint += ", and whether it has to be https:// instead of http://"
    return "store-not-http", what, hint


_CERTIFICATE_EXPIRED = 10
_CERTIFICATE_NOT_YET_VALID = 9
_WRONG_HOST = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH."""


def _tls(error: ssl.SSLError, target: Target) -> tuple[str, str, str]:
    host = urlsplit(target.url).hostname
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_CERTIFICATE_EXPIRED, _CERTIFICATE_NOT_YET_VALID}:
            what = f"the certificate of {host} has expired or is not valid yet"
            return "store-certificate-expired", what, "renew it; check this machine's clock"
        if error.verify_code in _WRONG_HOST:
            what = f"the certificate that answers is not for {host}"
            return "store-certificate-host", what, "use a name that it is for in `url`"
        what = f"the certificate of {host} is not trusted ({error.verify_message})"
        hint = "give its authority as the store's `ca_cert`"
        return "store-certificate-untrusted", what, hint
    if error.reason in {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"}:
        what = f"{target.address} does not speak TLS"
        return "store-not-tls", what, "write http:// for https:// in `url`, or check the port"
    what = f"the TLS handshake with {target.address} failed ({error.reason or 'no reason given'})"
    return "store-tls-failed", what, "check that it offers TLS 1.2 or newer, and the port"


_PAST_THE_LOGIN = "let /api/websocket past the proxy's login: Home Assistant checks the token"
_NOT_RUNNING = "Home Assistant is stopped or still starting behind its proxy: try again later"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HTTP_STATUS = {
    400: (
        "store-proxy",
        "let the proxy pass WebSocket upgrades on; list it in HA's `http: trusted_proxies`",
    ),
    401: ("store-proxy-login", _PAST_THE_LOGIN),
    403: (
        "store-forbidden",
        f"{_PAST_THE_LOGIN}; or take this machine out of Home Assistant's ip_bans.yaml",
    ),
    404: ("store-not-found", "check host, port and path prefix in `url`"),
    407: ("store-proxy-login", _PAST_THE_LOGIN),
    500: ("store-starting", _NOT_RUNNING),
    502: ("store-starting", _NOT_RUNNING),
    503: ("store-starting", _NOT_RUNNING),
    504: ("store-starting", _NOT_RUNNING),
}


def _http_status(status: int, location: str | None, target: Target) -> tuple[str, str, str]:
    if location is not None and status in _REDIRECTS:
        # Not followed: the token would go to whoever the answer names.
        goal = urlsplit(location)
        what = f"{target.address} redirects to {goal.scheme}://{goal.netloc}"
        hint = "if that is Home Assistant, write it into `url`; else let /api/websocket past"
        return "store-redirected", what, hint
    if status == HTTPStatus.NOT_FOUND and not urlsplit(target.url).path.endswith("/websocket"):
        what = f"there is no WebSocket at {target.url}"
        return "store-not-found", what, "write the whole path, as in ws://supervisor/core/websocket"
    code, hint = _HTTP_STATUS.get(
        status, ("store-no-websocket", "check `url`, and that a proxy passes WebSocket upgrades on")
    )
    return code, f"{target.url} answers with HTTP {status} instead of a WebSocket", hint
