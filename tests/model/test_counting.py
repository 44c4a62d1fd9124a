from __future__ import annotations

import pytest

from appcreds_sync.model.counting import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 stores"), (1, "1 store"), (2, "2 stores")])
def test_one_thing_is_no_plural(number: int, said: str) -> None:
    assert counted(number, "store") == said
