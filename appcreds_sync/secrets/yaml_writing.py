"""Adds values to a `secrets.yaml`; a value that is there already is never replaced."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.quoting import double_quoted
from appcreds_sync.model.reference import YamlSecretReference
from appcreds_sync.secrets.yaml_secrets import LARGEST_FILE, YamlSecrets, as_texts, parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appcreds_sync.model.secret import Secret

_NOT_THERE = frozenset({"yaml-secrets-no-file", "yaml-secrets-missing"})


def missing_values(path: Path, values: Mapping[str, Secret]) -> Mapping[str, Secret]:
    """Return those of `values`, by name, that the file at `path` does not hold yet.

    Raise SecretsError where the file can't be read, or holds another value under one of the names.
    """
    there = YamlSecrets()
    missing: dict[str, Secret] = {}
    problems: dict[Problem, None] = {}
    for name, secret in values.items():
        reading = there.read(YamlSecretReference(name, (path,)))
        if isinstance(reading, Problem):
            if reading.code in _NOT_THERE:
                missing[name] = secret
            else:
                problems[reading] = None
        elif reading.value != secret:
            problems[_occupied(path, name)] = None
    if problems:
        raise SecretsError(problems)
    return missing


def with_values(path: Path, content: bytes, values: Mapping[str, Secret]) -> bytes:
    """Return the `content` of the file at `path` with one line more for each of `values`.

    Raise SecretsError where it would not be read as it was before, with these besides: a mapping
    in braces takes no lines, and what is too large is read by nobody.
    """
    start = content if not content or content.endswith(b"\n") else content + b"\n"
    lines = (f"{name}: {double_quoted(secret.reveal())}\n" for name, secret in values.items())
    added = start + "".join(lines).encode()
    if len(added) > LARGEST_FILE:
        what = f"with the new value the file would be larger than {LARGEST_FILE // 1024} KiB"
        raise SecretsError(
            Problem("yaml-secrets-too-large", what, "nothing was written", str(path))
        )
    read = parse(path, added.decode("utf-8-sig"))
    if isinstance(read, Problem) or not values.keys() <= read.keys():
        what = "no lines can be added to this file as it is written"
        hint = "write it as `name: value` lines, without braces, `---` or `...`"
        raise SecretsError(Problem("yaml-secrets-not-edited", what, hint, str(path)))
    return added


def _occupied(path: Path, name: str) -> Problem:
    what = f"`{name}` holds another value there, which is not overwritten"
    return Problem(
        "yaml-secrets-occupied",
        what,
        "take that line out first, or name the credential otherwise",
        str(path),
    )


def without_value(content: bytes, name: str, path: Path) -> bytes:
    """Return the content of a `secrets.yaml` without the line of `name`.

    Raise SecretsError where what is left would not be read as it was before: the value is not on
    that line alone, or another name needs its anchor.
    """
    lines = content.splitlines(keepends=True)
    left = b"".join(line for line in lines if not _is_line_of(line, name))
    before, after = as_texts(path, content), as_texts(path, left)
    wanted = dict(before or {})
    if wanted.pop(name, None) is None or after != wanted:
        what = f"`{name}` can't be cut out there as it is written"
        raise SecretsError(Problem("yaml-secrets-not-cut", what, "remove it by hand", str(path)))
    return left


def _is_line_of(line: bytes, name: str) -> bool:
    key, colon, _ = line.removeprefix(codecs.BOM_UTF8).partition(b":")
    return bool(colon) and key.rstrip().decode(errors="replace") in {
        name,
        f'"{name}"',
        f"'{name}'",
    }
