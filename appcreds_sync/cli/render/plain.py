"""Markdown as a person reads it without a renderer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_NUMBER = re.compile(r"1\. +")


def plain_lines(markdown: str) -> Iterator[str]:
    """Yield the lines with links as `text (address)`, without bold, and with lists counted."""
    number = 0
    for line in markdown.strip().splitlines():
        plain = _BOLD.sub(r"\1", _LINK.sub(r"\1 (\2)", line.strip()))
        # Markdown lets every entry be the first, and its renderers count.
        if begin := _NUMBER.match(plain):
            number += 1
            plain = f"{number}. {plain[begin.end() :]}"
        yield plain
