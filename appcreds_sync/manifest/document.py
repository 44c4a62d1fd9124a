"""Turns YAML text into a tree of plain values that know their places.

YAML's own guesses (a date, an octal number, `on` for true) are left out: a scalar is text as
written, or null. Events are taken one by one, not by recursion: no nesting exhausts the stack.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml import events

from appcreds_sync.manifest import syntax
from appcreds_sync.manifest.builder import TreeBuilder, TreeTooBigError
from appcreds_sync.model.mark import Mark

if TYPE_CHECKING:
    from appcreds_sync.manifest.findings import Findings
    from appcreds_sync.manifest.tree import Source, Value

MAX_BYTES = 8 * 1024 * 1024

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, ten times as fast, where PyYAML was built with it."""

# What YAML 1.1 allows in a stream; libyaml and PyYAML name a place only in bytes or not at all.
_NOT_YAML = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
)
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def parse(content: bytes, source: Source, findings: Findings, loader: Any = LOADER) -> Value:  # noqa: ANN401  # PyYAML's two loaders share no type
    """Return the tree of the one document in `content`; None where there is none worth looking at.

    Whatever is wrong goes into `findings`, and never holds a value of the file.
    """
    text = _decode(content, source, findings)
    if text is None:
        return None
    builder = TreeBuilder(source, findings)
    try:
        documents = _feed(builder, loader(text))
    except TreeTooBigError:
        return None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the latter two: PyYAML's escapes
        what, hint, mark = syntax.words(error, text)
        # libyaml reads a line break after the end: its own line may be one too many.
        index = 0 if mark is None else min(mark.index, len(text))
        findings.error(Mark(source.file, *place(text, index)), "manifest-syntax", what, hint)
        return None
    if documents <= 1 and builder.root is None:
        what = "the file is empty"
        hint = "start with `version: 1`, or run `appcreds-sync init`"
        findings.error(_start(source), "manifest-empty", what, hint)
    if documents > 1:
        what = "more than one document (`---`)"
        hint = "one file is one document; several files in a directory are read as one manifest"
        findings.error(_start(source), "manifest-documents", what, hint)
    return builder.root


def place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, both from 1, of the character at `index`, counted as YAML does."""
    line, start = 1, 0
    for end in _LINE_END.finditer(text, 0, index):
        line, start = line + 1, end.end()
    return line, index - start + 1


def _decode(content: bytes, source: Source, findings: Findings) -> str | None:
    if len(content) > MAX_BYTES:
        findings.error(
            _start(source),
            "manifest-too-big",
            f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB",
            "this can't be a manifest",
        )
        return None
    # By hand: "utf-8-sig" counts the place of a wrong byte from behind the mark.
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        mark = Mark(source.file, *place(before, len(before)))
        findings.error(mark, "manifest-encoding", "not UTF-8", "save the file as UTF-8")
        return None
    bad = _NOT_YAML.search(text)
    if bad is not None:
        mark = Mark(source.file, *place(text, bad.start()))
        what = f"a control character (U+{ord(bad.group()):04X})"
        findings.error(mark, "manifest-control-character", what, "remove it")
        return None
    return text


def _feed(builder: TreeBuilder, parser: Any) -> int:  # noqa: ANN401  # as above
    """Give `builder` the first document's events; return the number of documents, at most 2."""
    documents = 0
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind is events.ScalarEvent:
            builder.scalar(event)
        elif kind is events.MappingStartEvent:
            builder.start(event, mapping=True)
        elif kind is events.SequenceStartEvent:
            builder.start(event, mapping=False)
        elif kind in {events.MappingEndEvent, events.SequenceEndEvent}:
            builder.end()
        elif kind is events.AliasEvent:
            builder.alias(event)
        elif kind is events.DocumentStartEvent:
            documents += 1
            if documents > 1:
                return documents
        elif kind is events.StreamEndEvent:
            return documents


def _start(source: Source) -> Mark:
    return Mark(source.file, 1, 1)
