"""Loaded by the Python of each Home Assistant that the lab starts: refuses all but loopback.

So an integration under test can't reach its real provider, not even by mistake.
"""

import socket
import sys
from ipaddress import ip_address


def _refuse_the_world(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    connecting, address = arguments[0], arguments[1]
    # A datagram socket's connect sends nothing; Home Assistant uses it to learn its own address.
    if not isinstance(connecting, socket.socket) or connecting.type != socket.SOCK_STREAM:
        return
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise ConnectionRefusedError(f"the lab lets nobody leave this machine: {address[0]}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_refuse_the_world)
