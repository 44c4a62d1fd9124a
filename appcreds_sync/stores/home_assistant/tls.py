"""What is asked of a store's certificate."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, StoreError

if TYPE_CHECKING:
    from pathlib import Path


def tls_context(ca_cert: Path | None, *, verify: bool, where: str) -> ssl.SSLContext:
    """Return the rules for a connection: TLS 1.2 at least, and the certificate checked.

    `ca_cert` (PEM) takes the place of the system's authorities. Raise StoreError if it can't be
    read, with `where` in it.
    """
    try:
        context = ssl.create_default_context(cafile=ca_cert)
    except OSError as error:  # ssl.SSLError is one
        reason = "is not a PEM file" if isinstance(error, ssl.SSLError) else error.strerror
        what = f"its `ca_cert` {ca_cert} can't be used: {reason}"
        hint = "give the certificate of the authority that signed Home Assistant's, in PEM"
        raise StoreError(Problem("store-ca-unreadable", what, hint, where)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
