from __future__ import annotations

import pytest

from appcreds_sync.model.listening import parse_listen


@pytest.mark.parametrize("text", ["127.0.0.1:8099", "house:80", "[::1]:8099", "off"])
def test_it_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_listen(text)) == text
