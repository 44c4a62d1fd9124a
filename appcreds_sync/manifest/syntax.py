"""Says in plain words what YAML's parser stumbled over.

Its own words are never shown: PyYAML's Python parser puts pieces of the text into them, and an
unquoted secret is just what it stumbles over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import YAMLError
    from yaml.error import Mark as YamlMark

_SPACES = "indent with spaces, never with tabs"
_QUOTES = "put the text into quotes, or mend the indentation"

# What both parsers say, in part; the first that fits counts. "True" points to where it began.
_WORDS: tuple[tuple[str, str, str, bool], ...] = (
    ("tab character", "a tab where YAML wants spaces", _SPACES, False),
    ("tag handle", "an unknown tag (`!…`)", "quote the text if it begins with `!`", False),
    ("mapping values are not allowed", "a colon where no key can stand", _QUOTES, False),
    ("unexpected end of stream", "a quote that is never closed", "close it", True),
    ("',' or ']'", "a list `[…]` with no comma, or never closed", "mend or close it", True),
    ("',' or '}'", "a mapping `{…}` with no comma, or never closed", "mend or close it", True),
    ("escape", "an unknown escape (`\\…`) in double quotes", "use single quotes", False),
    ("expected ':'", "a line that is neither `key: value` nor `- item`", _QUOTES, True),
    ("document start", "something after the end of the document", _QUOTES, False),
    ("nesting depth", "nested too deep", "this can't be a manifest", False),
    ("block end", "a line that does not fit the indentation above", _QUOTES, False),
    ("did not find expected", "a line that does not fit the indentation above", _QUOTES, False),
)


def words(error: YAMLError | Exception, text: str) -> tuple[str, str, YamlMark | None]:
    """Return what is wrong, what to do, and where, for what a parser raised on `text`."""
    problem = str(getattr(error, "problem", None) or "")
    mark: YamlMark | None = getattr(error, "problem_mark", None)
    begin: YamlMark | None = getattr(error, "context_mark", None)
    if "cannot start any token" in problem and mark is not None:
        return *_bad_start(text[mark.index : mark.index + 1]), mark
    for part, what, hint, at_begin in _WORDS:
        if part in problem:
            return what, hint, (begin or mark) if at_begin else mark
    return "YAML can't be read here", _QUOTES, mark


def _bad_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab where YAML wants spaces", _SPACES
    return f"a text can't begin with `{character}`", "put it into quotes"
