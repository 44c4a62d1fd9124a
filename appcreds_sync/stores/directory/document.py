"""A storage file of Home Assistant: JSON in an envelope that names version and key.

The form is that of Home Assistant's helpers/storage.py (2024.3 to 2026.11 alike): `version` changes
when older programs can't read the data, `minor_version` when they still can.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn, cast

from appcreds_sync.model.errors import Problem, StoreError

if TYPE_CHECKING:
    from pathlib import Path

JsonObject = dict[str, object]

_KNOWN_VERSION = 1
_HINT = "put the file back from a backup (it was left as it is)"
_WORDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


def parse(content: bytes, path: Path, key: str) -> JsonObject:
    """Return the document in `content`, which was read from `path`, with every field that it has.

    Raise StoreError, with line and column where there are any, when Home Assistant could not read
    it, when it is not the file of `key`, or when its major version is not the one that we know.
    """
    document = _load(content, path)
    if not isinstance(document, dict):
        raise wrong_shape(path, "the file", "an object", document)
    version = document.get("version")
    if type(version) is not int:
        raise wrong_shape(path, "version", "a whole number", version)
    if version != _KNOWN_VERSION:
        raise StoreError(
            Problem(
                "storage-version",
                f"this file is of version {version}; only version {_KNOWN_VERSION} is known here",
                "update appcreds-sync, or use Home Assistant live (`url` in place of `directory`)",
                str(path),
            )
        )
    if document.get("key") != key:
        raise StoreError(
            Problem(
                "storage-key", f"this file does not say that its key is {key}", _HINT, str(path)
            )
        )
    return document


def rows(document: JsonObject, path: Path, name: str) -> list[JsonObject]:
    """Return the list of objects at `data.<name>`; raise StoreError where there is none."""
    data = document.get("data")
    if not isinstance(data, dict):
        raise wrong_shape(path, "data", "an object", data)
    found = data.get(name)
    if not isinstance(found, list):
        raise wrong_shape(path, f"data.{name}", "a list", found)
    for index, row in enumerate(found):
        if not isinstance(row, dict):
            raise wrong_shape(path, f"data.{name}[{index}]", "an object", row)
    return cast("list[JsonObject]", found)


def text(row: JsonObject, field: str, path: Path, place: str) -> str:
    """Return a field that must be text; raise StoreError that names `place` where it is not."""
    value = row.get(field)
    if not isinstance(value, str):
        raise wrong_shape(path, f"{place}.{field}", "text", value)
    return value


def wrong_shape(path: Path, place: str, expected: str, found: object) -> StoreError:
    """Return the error for a value that Home Assistant would not have written; never the value."""
    kind = _WORDS.get(type(found), "a number")
    return StoreError(
        Problem("storage-broken", f"{place} should be {expected}, not {kind}", _HINT, str(path))
    )


def render(document: JsonObject) -> bytes:
    """Return the bytes that Home Assistant would write: two spaces, no escapes, no last newline."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode()


def _load(content: bytes, path: Path) -> object:
    try:
        decoded = content.decode()
        document: object = json.loads(decoded, parse_constant=_refuse_constant)
        if "\\u" in decoded:
            # Half a surrogate pair parses here, but not in Home Assistant, and can't be written.
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        broken = _broken("not UTF-8", path, content[: error.start].decode())
    except json.JSONDecodeError as error:
        broken = _broken(f"not JSON ({error.msg})", path, error.doc[: error.pos])
    except UnicodeEncodeError:
        broken = _broken("not JSON (half a surrogate pair)", path)
    except RecursionError:
        broken = _broken("not JSON (nested too deeply)", path)
    except ValueError:
        broken = _broken("not JSON (a number that can't be read)", path)
    else:
        return document
    # Raised out here because the parser's own errors hold the whole file, secrets included.
    raise broken


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _broken(what: str, path: Path, before: str | None = None) -> StoreError:
    where = str(path)
    if before is not None:
        where += f":{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    return StoreError(Problem("storage-broken", f"this file is {what}", _HINT, where))
