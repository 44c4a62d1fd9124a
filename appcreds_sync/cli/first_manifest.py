"""The files that `init` writes, and the look at the store that it takes first."""

from __future__ import annotations

import asyncio
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appcreds_sync.model.errors import AppcredsError, Problem
from appcreds_sync.model.manifest import DirectoryStoreSpec, LiveStoreSpec
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import ReferenceText
from appcreds_sync.model.secret import Secret
from appcreds_sync.reconcile.opening import open_store
from appcreds_sync.stores.home_assistant.address import websocket_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appcreds_sync.model.manifest import StoreSpec
    from appcreds_sync.model.store import Snapshot

STORE = "house"
"""What the first manifest calls its store."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said."""

    folder: Path
    owner: str
    url: str | None
    token: str | None
    directory: Path | None
    """In place of the two above."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the store."""

    sentence: str
    credentials: int


def look(answers: Answers) -> Found:
    """Ask the store what is there; raise StoreError if it can't be had."""
    snapshot = asyncio.run(_look(answers))
    number = len(snapshot.items)
    if answers.directory is None:
        who = f"Home Assistant {snapshot.capabilities.ha_version} answers"
    else:
        who = "the config directory can be read"
    match number:
        case 0:
            what = "it holds no credentials yet"
        case 1:
            what = "its 1 credential stays as it is unless you declare it"
        case _:
            what = f"its {number} credentials stay as they are unless you declare them"
    return Found(f"{who}; {what}", number)


async def _look(answers: Answers) -> Snapshot:
    token = None if answers.token is None else Secret(answers.token)
    store = open_store(_spec(answers), token, home_assistant_is_stopped=False)
    async with store as opened:
        return await opened.snapshot(frozenset())


def _spec(answers: Answers) -> StoreSpec:
    mark = Mark(str(answers.folder / "appcreds.yaml"), 1, 1)
    if answers.directory is not None:
        return DirectoryStoreSpec(STORE, answers.directory.resolve(), frozenset(), mark)
    here = answers.folder.resolve()
    token = ReferenceText("house_token", "yaml_secret", mark, here, here)
    return LiveStoreSpec(STORE, str(answers.url), token, frozenset(), mark)


def check_address(url: str) -> None:
    """Raise StoreError where no manifest may have that address."""
    websocket_url(url, f"store {STORE}")


def check_owner(owner: str) -> None:
    """Raise AppcredsError where no manifest may have that owner."""
    if not re.fullmatch(r"[a-z0-9-]+", owner):
        raise AppcredsError(
            Problem("bad-owner", "the owner may hold a-z, 0-9 and - only", "choose another")
        )


def check_folder(folder: Path) -> None:
    """Raise AppcredsError where a file is there already.

    Also where nobody can tell, because this user may not enter the folder.
    """
    for path in (folder / "appcreds.yaml", folder / "secrets.yaml"):
        if _is_there(path):
            raise AppcredsError(
                Problem(
                    "file-exists", f"{path} is there already", "name another FOLDER, or move it"
                )
            )


def _is_there(path: Path) -> bool:
    try:
        path.lstat()  # `exists` denies a link to nowhere, and with Python 3.14 a closed folder
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        what = f"{path} can't be looked for: {error.strerror}"
        hint = "name another FOLDER, or let this user enter that one"
        raise AppcredsError(Problem("file-unreadable", what, hint)) from error
    return True


def write_files(answers: Answers) -> Iterator[Path]:
    """Write the files, yielding each; raise AppcredsError where one can't be written."""
    folder = answers.folder
    manifest, secrets, ignore = (
        folder / name for name in ("appcreds.yaml", "secrets.yaml", ".gitignore")
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_new(secrets, _secrets_text(answers), 0o600)
        yield secrets
        _write_new(manifest, _manifest_text(answers), 0o666)  # less the umask
        yield manifest
        if keep_out_of_git(folder):
            yield ignore
    except OSError as error:
        raise AppcredsError(
            Problem(
                "not-written", f"{error.filename or folder} can't be written: {error.strerror}", ""
            )
        ) from error


def _write_new(path: Path, text: str, mode: int) -> None:
    """Write all of it or nothing: half a file would stand in the way of the next `init`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException:
        path.unlink()
        raise


def keep_out_of_git(folder: Path) -> bool:
    """Add secrets.yaml to the folder's .gitignore, and tell whether that was needed."""
    path = folder / ".gitignore"
    before = path.read_bytes() if path.exists() else b""  # in whatever encoding: it stays so
    if not {b"secrets.yaml", b"/secrets.yaml"}.isdisjoint(before.splitlines()):
        return False
    with path.open("ab") as file:
        file.write(
            b"secrets.yaml\n" if before.endswith(b"\n") or not before else b"\nsecrets.yaml\n"
        )
    return True


def _secrets_text(answers: Answers) -> str:
    token = "" if answers.token is None else f"house_token: {json.dumps(answers.token)}\n"
    return (
        "# Values that appcreds.yaml names with !secret. Keep this file out of Git.\n"
        f"{token}"
        "# spotify_client_secret: what the provider gave you\n"
    )


def _manifest_text(answers: Answers) -> str:
    if answers.directory is None:
        store = f"{{url: {json.dumps(answers.url)}, token: !secret house_token}}"
    else:
        store = f"{{directory: {json.dumps(str(answers.directory.resolve()))}}}"
    return f"""\
# appcreds-sync: the application credentials of Home Assistant.
# Check it with `appcreds-sync validate`, see what it changes with `appcreds-sync plan`.
version: 1
owner: {answers.owner}
stores:
  {STORE}: {store}
credentials: {{}}
# credentials:
#   spotify:                  # the integration; any name will do if `integration:` says which
#     client_id: 5fe01282e44241328a84e7c5cc169165
#     client_secret: !secret spotify_client_secret      # or vault://kv/ha/spotify#client_secret
"""
