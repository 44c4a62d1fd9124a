"""Where in a file a value stands."""

from __future__ import annotations

from appcreds_sync.model.mark import Mark


def test_it_is_written_as_editors_read_it() -> None:
    assert str(Mark("a/m.yaml", 3, 7)) == "a/m.yaml:3:7"


def test_marks_are_in_the_order_of_the_text() -> None:
    marks = [Mark("b", 1, 1), Mark("a", 10, 1), Mark("a", 9, 2), Mark("a", 9, 1)]
    assert sorted(marks) == [Mark("a", 9, 1), Mark("a", 9, 2), Mark("a", 10, 1), Mark("b", 1, 1)]
