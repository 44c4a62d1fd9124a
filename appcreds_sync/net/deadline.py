"""An HTTP answer that must be whole in time, from its first header to the end of its body.

A socket's time-out is for each read: a server that sends a byte now and then holds one for ever.
"""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class TimedReader(io.RawIOBase):
    """Reads a socket for at most so many seconds in all; TimeoutError is raised after that."""

    def __init__(
        self, sock: socket.socket, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin to count."""
        self._sock = sock
        # Not the socket itself: as long as a file of it is open, it stays so.
        self._file = sock.makefile("rb", buffering=0)
        self._clock = clock
        self._end = clock() + seconds

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  # any buffer, as io has it
        """Read what is there, or comes in the time that is left."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(
        self,
        sock: socket.socket,
        *arguments: Any,  # noqa: ANN401  # as http.client has it
        **options: Any,  # noqa: ANN401  # as above
    ) -> None:
        super().__init__(sock, *arguments, **options)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp.close()
            self.fp = io.BufferedReader(TimedReader(sock, seconds))


class _Connection(HTTPConnection):
    response_class = _Response


class _TLSConnection(HTTPSConnection):
    response_class = _Response


class Pool(HTTPConnectionPool):
    """Connections whose read time-out is for the whole answer."""

    ConnectionCls = _Connection


class TLSPool(HTTPSConnectionPool):
    """As `Pool`, over TLS."""

    ConnectionCls = _TLSConnection
