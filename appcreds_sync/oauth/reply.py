"""Reads one answer of a token endpoint: what it is about, in words that can be compared and shown.

The recorded status and body decide, never a library's exception: oauthlib turns a missing PKCE
verifier into `InvalidClientIdError`, and an outage's HTML page into `MissingTokenError`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from appcreds_sync.oauth.answer import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from appcreds_sync.oauth.answer import Answer, Record
    from appcreds_sync.oauth.rules import Place, ProviderRules

_LONGEST_QUOTE: Final = 200
_MOST_FIELDS: Final = 100
"""Of a form; an error has two or three."""
_TROUBLE: Final = frozenset({"access_denied", "server_error", "temporarily_unavailable"})
_CHANGES_BY_ITSELF: Final = re.compile(
    r"""
    [0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}             # an id of the request or its trace
    | \d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}:\d{2}[.\d]*)?z?   # a time
    | \b\d{5,}\b                                            # a time or a number of the request
    | \b[0-9a-f]{16,}\b                                     # another id
    """,
    re.VERBOSE,
)


class ReplyKind(Enum):
    """What an answer is about."""

    TOKEN = auto()
    CLIENT_REFUSED = auto()
    CODE_REFUSED = auto()
    OTHER_ERROR = auto()
    """An error in OAuth's shape about something else: a redirect URI, a missing parameter."""
    UNUSABLE = auto()
    """Nothing that tells about the client: an outage, a limit, a page, no answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, made sense of. Holds no secret."""

    kind: ReplyKind
    words: str
    """`400 invalid_client "Invalid client secret"`, redacted; of UNUSABLE, the whole clause."""
    compared: tuple[int, str, str] = (0, "", "")
    """HTTP status, error code, and the words without what changes from one answer to the next."""
    code: str = ""
    """Of UNUSABLE: why."""
    client_unknown: bool = False
    expired: bool = False


def read_reply(record: Record, rules: ProviderRules, mask: Callable[[str], str]) -> Reply:
    """Return what `record` says by `rules`; `mask` takes out the secrets that were sent."""
    if isinstance(record, NoAnswer):
        return _unusable(record.code, record.words)
    trouble = _trouble_of(record.status)
    if trouble is not None:
        return trouble
    document = _document(record)
    if document is None:
        return _unusable("not-json", f"answers {record.status} with something that is not JSON")
    if _text_at(document, rules.token_at):
        return Reply(ReplyKind.TOKEN, f"{record.status} and a token", (record.status, "", ""))
    code = _text_at(document, rules.error_at)
    words = _text_at(document, rules.description_at)
    if rules.cut_error_at:
        code, _, rest = code.partition(rules.cut_error_at)
        words = words or rest.strip()
    if not code or record.status not in rules.statuses:
        return _unusable("not-oauth", f"answers {record.status} without an OAuth error")
    return _error(record.status, code, words, rules, mask)


def _trouble_of(status: int) -> Reply | None:
    """Return what a status alone tells, whatever the body says."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _unusable("rate-limited", f"asks to come back later ({status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unusable("provider-error", f"has trouble of its own ({status})")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _unusable("redirect", "redirects to another address, where no secret is sent")
    return None


def _error(
    status: int, code: str, words: str, rules: ProviderRules, mask: Callable[[str], str]
) -> Reply:
    whole = f"{code}: {words}"
    lowered = code.lower()
    if lowered in rules.rate_limited:
        return _unusable("rate-limited", f"asks to come back later ({_clean(mask(code))})")
    if lowered in _TROUBLE or _found(rules.trouble, whole):
        return _unusable("provider-error", f"has trouble of its own ({_clean(mask(code))})")
    client_unknown = _found(rules.unknown_client, whole)
    kind = ReplyKind.OTHER_ERROR
    if lowered in rules.code_errors:
        kind = ReplyKind.CODE_REFUSED
    elif client_unknown or (
        lowered in rules.client_errors and not _found(rules.not_the_client, whole)
    ):
        kind = ReplyKind.CLIENT_REFUSED
    shown = f"{status} {_clean(mask(code))}"
    if words:
        shown = f'{shown} "{_clean(mask(words))}"'
    return Reply(
        kind,
        shown,
        (status, mask(code).lower(), _CHANGES_BY_ITSELF.sub("", mask(words).lower())),
        client_unknown=client_unknown,
        expired=kind is ReplyKind.CLIENT_REFUSED and _found(rules.expired, whole),
    )


def _unusable(code: str, words: str) -> Reply:
    return Reply(ReplyKind.UNUSABLE, words, code=code)


def _document(answer: Answer) -> dict[str, object] | None:
    """Return the JSON object, whatever the content type says; or the form, which GitHub sends."""
    try:
        found = json.loads(answer.body)
    # Deep nesting ends in a RecursionError; broken UTF-8 and numbers too long are ValueErrors.
    except (ValueError, RecursionError):
        if answer.content_type.partition(";")[0].strip() != "application/x-www-form-urlencoded":
            return None
        return _form(answer.body)
    return found if isinstance(found, dict) else None


def _form(body: bytes) -> dict[str, object] | None:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS))
    except ValueError:  # more fields than that
        return None


def _text_at(document: object, place: Place) -> str:
    """Return the text or whole number there, else the empty text."""
    if not place:
        return ""
    for step in place:
        if isinstance(step, int) and isinstance(document, list) and len(document) > step:
            document = document[step]
        elif isinstance(document, dict):
            document = document.get(step)
        else:
            return ""
    if isinstance(document, int) and not isinstance(document, bool):
        return str(document)
    return document.strip() if isinstance(document, str) else ""


def _found(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _clean(text: str) -> str:
    """Return it short, on one line, and without what a terminal would obey."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= _LONGEST_QUOTE else f"{plain[:_LONGEST_QUOTE]}…"
