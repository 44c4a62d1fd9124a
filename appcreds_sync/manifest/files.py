"""Finds the files of a manifest, and reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.manifest.document import MAX_BYTES
from appcreds_sync.manifest.tree import Source
from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = "APPCREDS_MANIFEST"
_DEFAULTS = ("appcreds.yaml", "appcreds")
_SUFFIXES = frozenset({".yaml", ".yml"})
_NOT_PARTS = frozenset({"secrets.yaml", "secrets.yml"})


def find(argument: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the manifest, a file or a directory: `argument`, else the environment's, else ours.

    Raise ManifestError, which says what was looked for, if there is none, or none to be seen.
    """
    for named, origin in ((argument, "named"), (environ.get(_VARIABLE), f"${_VARIABLE} names")):
        if named:
            path = cwd / named
            if _exists(path):
                return path
            what = f"there is no manifest `{named}`" + (
                "" if named is argument else f" ({origin} it)"
            )
            raise ManifestError(Problem("manifest-not-found", what, "check the path"))
    for name in _DEFAULTS:
        if _exists(cwd / name):
            return cwd / name
    what = f"there is no manifest: no argument, no ${_VARIABLE}, no ./appcreds.yaml, no ./appcreds/"
    raise ManifestError(Problem("manifest-not-found", what, "run `appcreds-sync init` to make one"))


def awaited(argument: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return where the manifest that `find` did not find is to come."""
    return cwd / (argument or environ.get(_VARIABLE) or _DEFAULTS[0])


def sources(manifest: Path) -> tuple[Source, ...]:
    """Return the files to read, in order. Raise ManifestError if a directory holds none.

    Of a directory: every `*.yaml` and `*.yml`, not below it, without `secrets.yaml` and dot files.
    """
    absolute = Path.cwd() / manifest
    try:
        if not absolute.is_dir():
            return (Source(shown(absolute), absolute, absolute.parent),)
        paths = sorted(path for path in absolute.iterdir() if _is_part(path))
    except OSError as error:
        raise _unreadable(absolute, error) from error
    if not paths:
        what = "there is no *.yaml or *.yml file in this directory"
        hint = "run `appcreds-sync init` to make a manifest"
        raise ManifestError(Problem("manifest-not-found", what, hint, shown(absolute)))
    return tuple(Source(shown(path), path, absolute) for path in paths)


def read(source: Source) -> bytes:
    """Return the file's content; of one that is too large, enough to tell.

    Raise ManifestError if it can't be read.
    """
    try:
        with source.path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(source.path, error) from error


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:  # a folder on the way that we may not enter, or a name too long
        raise _unreadable(path, error) from error


def _is_part(path: Path) -> bool:
    return (
        path.suffix in _SUFFIXES
        and not path.name.startswith(".")
        and path.name not in _NOT_PARTS
        and not path.is_dir()
    )


def shown(path: Path) -> str:
    """Return the path as a person would name it: relative where it is below where we are."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _unreadable(path: Path, error: OSError) -> ManifestError:
    what = f"it can't be read: {error.strerror or 'input/output error'}"
    hint = "check that it exists and that you may read it"
    return ManifestError(Problem("manifest-unreadable", what, hint, shown(path)))
