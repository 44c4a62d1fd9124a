"""The transport below requests: reads an answer up to a limit, keeps it, and hands on none of it.

What is above (requests-oauthlib) logs bodies and takes tokens out of them: it sees an empty one.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any, Final

import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ReadTimeout

from appcreds_sync.oauth.answer import Answer, NoAnswer

if TYPE_CHECKING:
    import requests

    from appcreds_sync.oauth.answer import Record

_LIMIT: Final = 64 * 1024
"""Bytes of a body, decompressed; an error in OAuth's shape has a few hundred."""
_PIECE: Final = 8 * 1024


class RecordingAdapter(HTTPAdapter):
    """Sends one request; `record` is what came back, None before that."""

    def __init__(self, body_timeout: float, *, plain_http: bool) -> None:
        """Take the seconds that a whole body may take, and whether TLS is left out."""
        super().__init__()
        self.record: Record | None = None
        self._body_timeout = body_timeout
        self._plain_http = plain_http

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # requests' signature
        *arguments: Any,  # noqa: ANN401  # passed on unseen
        **options: Any,  # noqa: ANN401
    ) -> requests.Response:
        """Send, record the answer, and return it without its body."""
        del stream
        if self._plain_http and request.url is not None:
            request.url = request.url.replace("https://", "http://", 1)
            # It must not leave this machine in clear.
            options["proxies"] = {}
        response = super().send(request, True, *arguments, **options)  # noqa: FBT003
        try:
            body = _read(response.raw, self._body_timeout)
        finally:
            response.raw.close()
        content_type = response.headers.get("Content-Type", "").lower()
        if body is None:
            self.record = NoAnswer("too-long", f"answers with more than {_LIMIT // 1024} KiB")
        else:
            self.record = Answer(response.status_code, content_type, body)
        response.raw = io.BytesIO()
        return response


def _read(raw: urllib3.BaseHTTPResponse, timeout: float) -> bytes | None:
    """Return the body; None where it is too long. Raise requests' errors."""
    # The socket's own limit is per read: a byte now and then would hold us for ever.
    end = time.monotonic() + timeout
    body = bytearray()
    try:
        while piece := raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > _LIMIT:
                return None
            if time.monotonic() > end:
                raise ReadTimeout
    except urllib3.exceptions.ReadTimeoutError as error:
        raise ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise ChunkedEncodingError from error
    return bytes(body)
