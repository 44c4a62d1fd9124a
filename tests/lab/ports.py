"""Free ports on loopback."""

from __future__ import annotations

import random
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"

# Below what Linux gives to outgoing connections, so that a server that restarts finds its port.
_RANGE: Final = range(20_000, 32_000)
_random = random.SystemRandom()


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    while True:
        port = _random.choice(_RANGE)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
