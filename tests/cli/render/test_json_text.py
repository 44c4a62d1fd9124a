from __future__ import annotations

import json

from appcreds_sync.cli.render.json_text import json_text

TITLE = "Jörg \u202egro \x9b31m \x1b]0;t\x07"


def test_a_title_cannot_steer_a_terminal_and_programs_read_it_all_the_same() -> None:
    text = json_text({"title": TITLE})

    assert text.isascii()
    assert "\x1b" not in text
    assert "\x07" not in text
    assert json.loads(text) == {"title": TITLE}
