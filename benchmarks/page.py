"""Puts tables into docs/performance.md, between the marks that stand there."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is aligned to the right."""
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def machine() -> str:
    """Return one sentence on the machine, and how busy it was when that was asked."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    today = datetime.now(tz=UTC).date()
    return (
        f"Taken on {today} with {platform.python_implementation()} {platform.python_version()} "
        f"on Linux {platform.release()}, {os.cpu_count()} processors "
        f"({model.group(1) if model else platform.machine()}), {memory:.0f} GiB of memory. "
        f"Load of the last minute when it began: {os.getloadavg()[0]:.1f}."
    )


def put(name: str, content: str) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- end -->` on the page."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    text, found = pattern.subn(lambda mark: f"{mark[1]}\n{content}\n\n{mark[2]}", text)
    if found != 1:
        raise LookupError(f"{PAGE} has {found} places for {name}")
    PAGE.write_text(text, encoding="utf-8")
