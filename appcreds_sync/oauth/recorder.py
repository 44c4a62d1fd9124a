"""The transport below requests: reads an answer up to a limit, keeps it, and hands on none of it.

What is above (requests-oauthlib) logs bodies and takes tokens out of them: it sees an empty one.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any, Final

import urllib3
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ReadTimeout

from appcreds_sync.net.adapter import Adapter
from appcreds_sync.oauth.answer import Answer, NoAnswer

if TYPE_CHECKING:
    import ssl

    import requests

    from appcreds_sync.oauth.answer import Record

_LIMIT: Final = 64 * 1024
"""Bytes of a body, decompressed; an error in OAuth's shape has a few hundred."""
_PIECE: Final = 8 * 1024
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
"""By the header that it finds."""


class RecordingAdapter(Adapter):
    """Sends one request; `record` is what came back, None before that."""

    def __init__(self, context: ssl.SSLContext, *, plain_http: bool) -> None:
        """Take whom to trust, and whether TLS is left out."""
        super().__init__(context)
        self.record: Record | None = None
        self._plain_http = plain_http

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # requests' signature
        *arguments: Any,  # noqa: ANN401  # passed on unseen
        **options: Any,  # noqa: ANN401  # as requests has it
    ) -> requests.Response:
        """Send, record the answer, and return it without its body."""
        del stream
        if self._plain_http and request.url is not None:
            request.url = request.url.replace("https://", "http://", 1)
            # It must not leave this machine in clear.
            options["proxies"] = {}
        response = super().send(request, True, *arguments, **options)  # noqa: FBT003  # its order
        try:
            body = _unpacked(_read(response.raw), response.headers.get("Content-Encoding", ""))
        finally:
            response.raw.close()
        content_type = response.headers.get("Content-Type", "").lower()
        if body is None:
            self.record = NoAnswer("too-long", f"answers with more than {_LIMIT // 1024} KiB")
        else:
            self.record = Answer(response.status_code, content_type, body)
        response.raw = io.BytesIO()
        return response


def _read(raw: urllib3.BaseHTTPResponse) -> bytes | None:
    """Return the body as it came; None where it is too long. Raise requests' errors."""
    body = bytearray()
    try:
        # Unpacking would go on reading until something comes out.
        while piece := raw.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > _LIMIT:
                return None
    except urllib3.exceptions.ReadTimeoutError as error:
        raise ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise ChunkedEncodingError from error
    return bytes(body)


def _unpacked(body: bytes | None, encoding: str) -> bytes | None:
    """Return the body without gzip, which some send unasked; None where it is too long."""
    if not body or encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return body
    try:
        found = zlib.decompressobj(_GZIP_OR_ZLIB).decompress(body, _LIMIT + 1)
    except zlib.error as error:
        raise ContentDecodingError from error
    return found if len(found) <= _LIMIT else None
