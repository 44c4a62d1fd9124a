"""Makes what strangers chose (titles, ids, a provider's words) harmless where it is shown."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""ASCII's and Latin-1's, line separators, and what turns the direction of writing around."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~&$])")
_AUTOLINK = re.compile(r"(@|#(?=\d)|https?:|www)(?=\S)", re.IGNORECASE)
_NOT_SHOWN = "\u200b"  # ZERO WIDTH SPACE


def on_terminal(text: str) -> str:
    """Keep `text` from moving the cursor, colouring the screen or forging lines."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def in_markdown(text: str) -> str:
    """Keep `text` from becoming markup, links or mentions, and from steering; return one line.

    A backslash does not stop GitHub and GitLab from linking @somebody, #1 or a bare address: they
    look at the text after the escapes are gone.
    """
    one_line = on_terminal(" ".join(text.split()))
    return _MARKUP.sub(r"\\\1", _AUTOLINK.sub(rf"\1{_NOT_SHOWN}", one_line))
