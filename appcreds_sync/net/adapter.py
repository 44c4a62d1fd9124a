"""The transport below requests."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

from appcreds_sync.net.deadline import Pool, TLSPool

if TYPE_CHECKING:
    import requests
    from urllib3 import PoolManager

_POOLS = {"http": Pool, "https": TLSPool}


class Adapter(HTTPAdapter):
    """Takes a read time-out for the whole answer, and `context` to say whom to trust.

    requests itself trusts a bundle of its own, not this machine's authorities, and reads it again
    for each connection.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        *,
        server_name: str | None = None,
        connections: int = 10,
    ) -> None:
        """Take the name that the certificate must be for, if it is not the host's.

        None of `context` is what Python trusts, by `SSL_CERT_FILE` and `SSL_CERT_DIR` too.
        """
        self._tls: dict[str, Any] = {"ssl_context": context or ssl.create_default_context()}
        if server_name:
            # Not `assert_hostname`: with that, urllib3 turns the context's own check off.
            self._tls["server_hostname"] = server_name
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  # as there
        """Make what keeps the connections, and have them keep time."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:  # noqa: ANN401  # as there
        """Do so for those through a proxy."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: object, cert: object = None
    ) -> tuple[Any, Any]:
        """Return where to connect, and our context in place of `verify` and `cert`."""
        del verify, cert
        parts = urlsplit(str(request.url))
        host = {"scheme": parts.scheme.lower(), "host": parts.hostname, "port": parts.port}
        return host, dict(self._tls) if host["scheme"] == "https" else {}

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Do nothing: the context knows whom to trust, and what to show."""
