"""Adds values to a `secrets.yaml`; a value that is there already is never replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import Problem, SecretsError
from appcreds_sync.model.quoting import double_quoted
from appcreds_sync.model.reference import YamlSecretReference
from appcreds_sync.secrets.yaml_secrets import YamlSecrets, parse

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
    in braces takes no lines.
    """
    start = content if not content or content.endswith(b"\n") else content + b"\n"
    lines = (f"{name}: {double_quoted(secret.reveal())}\n" for name, secret in values.items())
    added = start + "".join(lines).encode()
    read = parse(path, added.decode("utf-8-sig"))
    if isinstance(read, Problem) or not values.keys() <= read.keys():
        what = "no lines can be added to this file as it is written"
        hint = "write it as `name: value` lines, without braces, `---` or `...`"
        raise SecretsError(Problem("yaml-secrets-not-edited", what, hint, str(path)))
    return added


def _occupied(path: Path, name: str) -> Problem:
    what = f"`{name}` holds another value there, which is not overwritten"
    return Problem("yaml-secrets-occupied", what, "rename that one first", str(path))
