from __future__ import annotations

import pytest

from appcreds_sync.cli.render.plain import plain_lines


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("Go to [Credentials](https://a.test/x) now", ["Go to Credentials (https://a.test/x) now"]),
        ("select **Web application**", ["select Web application"]),
        ("First:\n1. a\n1. b\n\n", ["First:", "1. a", "2. b"]),
        ("2 * 3 [not a link] 1.5 times", ["2 * 3 [not a link] 1.5 times"]),
    ],
)
def test_reads_without_a_renderer(markdown: str, lines: list[str]) -> None:
    assert list(plain_lines(markdown)) == lines
