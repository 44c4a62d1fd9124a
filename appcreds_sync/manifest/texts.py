"""Reads single texts: stripped text, durations, days, paths, addresses, references.

Each returns None where the text is wrong, and has then reported why.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from appcreds_sync.model.reference import (
    ReferenceSyntaxError,
    ReferenceText,
    looks_like_reference,
)

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Text

_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h|d)")
_HOST = re.compile(r"[^\s\x00-\x1f/?#@:\[\]{}<>\\^`|\"]+|\[[0-9A-Fa-f:.]+\]")
IN_VAULT = (
    "put it into Vault and write vault://<mount>/<path>#<key>, "
    "or write env://NAME, file:///path or `!secret name`"
)
NOT_IN_VAULT = "write env://NAME, file:///path or `!secret name`"
_SOME_STORE = "store"
"""Stands in for `{store}` when a reference is checked."""


def plain(text: Text, what: str, findings: Findings) -> str | None:
    """Return the text without white space at its ends, which must be on one line and not empty."""
    if text.kind == "broken":
        return None
    if text.kind == "secret":
        hint = "write it out"
        findings.error(text.mark, "manifest-value", f"{what} can't be a `!secret`", hint)
        return None
    stripped = text.strip()
    if not stripped:
        findings.error(
            text.mark, "manifest-value", f"{what} is empty", "write it, or remove the key"
        )
        return None
    if any(character in stripped for character in "\n\r\t\x85\u2028\u2029"):
        findings.error(
            text.mark, "manifest-value", f"{what} has a line break or tab in it", "mend it"
        )
        return None
    return stripped


def stripped_as_ha_does(text: Text, what: str, findings: Findings) -> str | None:
    """Return what `plain` does, with a warning where there is white space that HA strips, too."""
    value = plain(text, what, findings)
    if value is not None and value != text:
        message = f"{what} has white space at its ends, which is left out"
        findings.warn(text.mark, "manifest-white-space", message, "remove it")
    return value


def duration(text: Text) -> dt.timedelta:
    """Return the duration; its form is the schema's business."""
    match = _DURATION.fullmatch(text)
    assert match is not None  # the schema has the same pattern
    return dt.timedelta(milliseconds=int(match[1]) * _MILLISECONDS[match[2]])


def day(text: Text, findings: Findings) -> dt.date | None:
    """Return the day; its form is the schema's business."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        findings.error(text.mark, "manifest-value", "there is no such day", "write YYYY-MM-DD")
        return None


def path(text: Text, what: str, findings: Findings) -> Path | None:
    """Return an absolute path; a relative one starts in the directory of its file."""
    value = plain(text, what, findings)
    if value is None:
        return None
    if value.startswith("~"):
        hint = "write it out: the manifest may be read by another user"
        findings.error(text.mark, "manifest-value", f"{what} begins with `~`", hint)
        return None
    return text.source.directory / value


def address(
    text: Text, what: str, schemes: tuple[str, ...], findings: Findings
) -> SplitResult | None:
    """Return the parts of a URL without a password, query or fragment. It is never echoed."""
    value = plain(text, what, findings)
    if value is None:
        return None
    wrong, hint = _wrong_address(value, schemes)
    if wrong:
        findings.error(text.mark, "manifest-url", f"{what} {wrong}", hint)
        return None
    return urlsplit(value)


def _wrong_address(value: str, schemes: tuple[str, ...]) -> tuple[str, str]:
    """Return what is wrong with a URL and what to do, both empty where it is right."""
    wanted = f"write {schemes[0]}://<host>"
    try:
        parts = urlsplit(value)
        host = parts.netloc if parts.port is None else parts.netloc.removesuffix(f":{parts.port}")
    except ValueError:
        return "is not a URL", wanted
    rules = (
        (
            not value.startswith(tuple(f"{scheme}://" for scheme in schemes)),
            f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}",
            wanted,
        ),
        ("@" in parts.netloc, "has a user or password in it", "remove it"),
        (any(map(str.isspace, value)), "has white space in it", "remove it"),
        ("?" in value or "#" in value, "has a `?` or `#` in it", "end it before that"),
        (not _HOST.fullmatch(host), "has no valid host", wanted),
    )
    return next(((what, hint) for wrong, what, hint in rules if wrong), ("", ""))


def reference(
    text: Text, what: str, findings: Findings, sources: str = IN_VAULT
) -> ReferenceText | None:
    """Return the reference; a literal value in its place is refused, and never echoed."""
    if text.kind == "broken":
        return None
    if text.kind != "secret" and not looks_like_reference(text.strip()):
        wrong = "must not stand in a manifest in clear" if text.strip() else "is empty"
        findings.error(text.mark, "manifest-literal-secret", f"{what} {wrong}", sources)
        return None
    return _checked(text, what, findings)


def text_or_reference(text: Text, what: str, findings: Findings) -> str | ReferenceText | None:
    """Return the text, stripped, or the reference that it is."""
    if text.kind == "secret" or (text.kind != "broken" and looks_like_reference(text.strip())):
        return _checked(text, what, findings)
    return stripped_as_ha_does(text, what, findings)


def _checked(text: Text, what: str, findings: Findings) -> ReferenceText | None:
    found = ReferenceText(
        text=text.strip(),
        kind="yaml_secret" if text.kind == "secret" else "url",
        mark=text.mark,
        directory=text.source.directory,
        root=text.source.root,
    )
    try:
        found.at(_SOME_STORE)
    except ReferenceSyntaxError as error:
        wrong, _, hint = str(error).partition("; ")
        findings.error(text.mark, "manifest-reference", f"the reference of {what}: {wrong}", hint)
        return None
    return found
