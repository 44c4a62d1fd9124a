"""Where the status page is served, as a person writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Listen:
    """A choice of where to serve."""

    address: tuple[str, int] | None
    """Host and port; None is nowhere."""

    def __str__(self) -> str:
        """Return it as `parse_listen` takes it."""
        if self.address is None:
            return "off"
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


DEFAULT_LISTEN = Listen(("127.0.0.1", 8099))
"""Loopback: whoever may open the page sees names and addresses."""


def parse_listen(text: str) -> Listen:
    """Take `HOST:PORT`, an IPv6 address in brackets, or `off`; raise ValueError, saying why."""
    if text == "off":
        return Listen(None)
    if (found := _FORM.fullmatch(text)) is None:
        message = "is a host and a port, as in 127.0.0.1:8099, or off"
        raise ValueError(message)
    host, port = found[1].strip("[]"), int(found[2])
    if not 0 < port <= _HIGHEST_PORT:
        message = f"there is no port {port}; they go from 1 to {_HIGHEST_PORT}"
        raise ValueError(message)
    return Listen((host, port))
