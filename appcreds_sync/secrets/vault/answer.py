"""What Vault answered, freed of HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import urllib3
from requests.exceptions import ChunkedEncodingError, ReadTimeout

from appcreds_sync.model.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import requests

    from appcreds_sync.model.secret import Secret

_LONGEST = 200
_LARGEST = 16 * 1024 * 1024
"""Bytes of a body. Vault's own storage takes 1 MiB a secret."""
_CHUNK = 64 * 1024
# One of them is in each answer of Vault's API that has a body (read off OpenBao 2.7).
_VAULT_KEYS = frozenset({"auth", "data", "errors", "warnings"})


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A status with the JSON object of its body. Has no repr: `body` may hold secrets."""

    status: int
    body: Mapping[str, Any] | None
    """None: this is no answer of Vault's API."""
    errors: tuple[str, ...] = ()
    retry_after: float | None = None
    """Seconds that the server asks us to wait."""
    says_https: bool = False
    """A Go server that speaks TLS told us that we do not."""

    @property
    def ok(self) -> bool:
        """Whether Vault did what was asked."""
        return self.status == 200 and self.body is not None  # noqa: PLR2004  # HTTP's OK

    @property
    def sealed(self) -> bool:
        """Whether Vault is sealed, which no retry mends."""
        return self.status == 503 and self.mentions("sealed")  # noqa: PLR2004  # HTTP's Unavailable

    def mentions(self, words: str) -> bool:
        """Tell whether Vault's errors hold `words`, in lower case."""
        return any(words in error.lower() for error in self.errors)

    def part(self, *names: str) -> Mapping[str, Any] | None:
        """Return the object below `names` in the body, None where there is none."""
        found: Any = self.body
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def said(self) -> str:
        """Return Vault's errors on one line, cut short; redacted as far as `without` was told."""
        text = " ".join(" ".join(self.errors).split())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def without(self, secrets: Iterable[Secret]) -> Answer:
        """Return the answer with `secrets` taken out of the errors, which may echo what was sent.

        The body keeps them: who reads it reads no errors there.
        """
        if not self.errors:
            return self
        redact = Redactor(secrets)
        return replace(self, errors=tuple(redact(error) for error in self.errors))


def read(response: requests.Response) -> Answer:
    """Return what is in `response`, whose content must not have been read.

    A body that is too large for Vault's is not read to its end, and is none. Raise ReadTimeout
    where it does not come in time, ChunkedEncodingError where it breaks off.
    """
    with response:
        content = _content(response.raw)
    body = _json_object(content)
    errors = body.get("errors") if body else None
    return Answer(
        status=response.status_code,
        body=body,
        errors=tuple(map(str, errors)) if isinstance(errors, list) else (),
        retry_after=_seconds(response.headers.get("Retry-After")),
        says_https=b"HTTP request to an HTTPS server" in content[:_LONGEST],
    )


def _content(raw: urllib3.BaseHTTPResponse) -> bytes:
    content = bytearray()
    try:
        # As it came: unpacking goes on reading until something comes out.
        while piece := raw.read1(_CHUNK, decode_content=False):
            content += piece
            if len(content) > _LARGEST:
                return b""
    except urllib3.exceptions.ReadTimeoutError as error:
        raise ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise ChunkedEncodingError from error
    return bytes(content)


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
    except ValueError:  # not JSON, or not UTF-8
        return None
    except RecursionError:
        return None
    return body if isinstance(body, dict) and not _VAULT_KEYS.isdisjoint(body) else None


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None
