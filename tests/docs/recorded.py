"""Blocks of the docs that show output: compared with what is printed, or recorded anew."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

# Read once, at import: tests run without the variables that speak to us.
RECORD: Final = os.environ.get("APPCREDS_RECORD") == "1"
"""Whether docs are to be written anew."""


def compare(file: str, name: str, output: str) -> None:
    """Fail unless the block `name` of `file` shows `output`; with APPCREDS_RECORD=1, write it."""
    path = ROOT / file
    text = path.read_text("utf-8")
    block = re.compile(
        rf"(<!-- recorded: {re.escape(name)} -->\n```\w+\n)(.*?)(```\n<!-- end -->)", re.DOTALL
    )
    found = block.search(text)
    assert found is not None, f"{file} has no block {name}"
    if RECORD:
        path.write_text(block.sub(lambda m: m[1] + output + m[3], text), "utf-8")
        return
    assert found[2] == output, f"{file}, block {name}: see CONTRIBUTING.md on how to record it anew"


def compare_all(file: str, text: str) -> None:
    """Fail unless the whole of `file` is `text`; with APPCREDS_RECORD=1, write it."""
    path = ROOT / file
    if RECORD:
        path.write_text(text, "utf-8")
        return
    assert path.read_text("utf-8") == text, f"{file}: see CONTRIBUTING.md on how to record it anew"
