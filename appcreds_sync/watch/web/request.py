"""What a client asks for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """The head of one, as far as it matters here."""

    method: str
    path: str
    """Without the query."""
    host: str | None
    """Whom the client believes to speak to, without the port; None where it does not say."""


def parse(head: bytes) -> Request:
    """Return what the bytes up to the empty line ask for; raise ValueError if it is not HTTP/1."""
    line, *fields = head.decode("latin-1").split("\r\n")
    method, target, version = line.split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(version)
    named = (field.partition(":") for field in fields)
    host = next((value.strip() for name, _, value in named if name.lower() == "host"), None)
    if target.lower().startswith(("http://", "https://")):
        # A proxy's form; its host is the one that counts (RFC 9112, 3.2.2).
        parts = urlsplit(target)
        return Request(method, parts.path or "/", parts.hostname)
    return Request(method, target.partition("?")[0], host and urlsplit(f"//{host}").hostname)


def is_loopback(host: str) -> bool:
    """Return whether `host`, an address or a name, is this machine whatever a DNS says."""
    address = _address(host)
    if address is None:
        # RFC 6761, 6.3
        return host.lower() == "localhost" or host.lower().endswith(".localhost")
    return address.is_loopback


def is_own_name(host: str) -> bool:
    """Return whether no stranger's DNS can have led a browser to us by the name of `host`."""
    return _address(host) is not None or is_loopback(host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
