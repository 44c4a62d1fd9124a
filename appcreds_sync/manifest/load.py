"""Loads a manifest: its files, one tree of them, the schema, the typed value."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from appcreds_sync.manifest import document, files, schema
from appcreds_sync.manifest.build import build
from appcreds_sync.manifest.findings import Findings
from appcreds_sync.manifest.parts import merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as AbstractMapping
    from pathlib import Path

    from appcreds_sync.manifest.tree import Mapping, Source
    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.errors import Problem
    from appcreds_sync.model.manifest import Manifest

_NOT_EDITED: AbstractMapping[Path, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LoadedManifest:
    """A manifest that can be used, and what a person should know of it all the same."""

    manifest: Manifest
    warnings: tuple[Problem, ...]


def load(
    path: Path, *, catalogue: Catalogue, edited: AbstractMapping[Path, bytes] = _NOT_EDITED
) -> LoadedManifest:
    """Read the manifest at `path`, a file or a directory. Needs no network, and no secret.

    `edited` holds what is to be taken for the content of files that are not written yet.
    Raise ManifestError with every problem in it, each with `file:line:column`.
    """
    with _garbage_collection_paused():
        findings = Findings()
        sources = files.sources(path)
        tree = _tree(sources, edited, findings)
        if tree is None:
            raise findings.as_error()
        sound = schema.check(tree, findings)
        paths = tuple(source.path for source in sources)
        manifest = build(sound, tree, paths, catalogue, findings)
        findings.raise_errors()
        return LoadedManifest(manifest, findings.warnings)


def _tree(
    sources: tuple[Source, ...], edited: AbstractMapping[Path, bytes], findings: Findings
) -> Mapping | None:
    contents = (
        edited[source.path] if source.path in edited else files.read(source) for source in sources
    )
    documents = [
        (source, document.parse(content, source, findings))
        for source, content in zip(sources, contents, strict=True)
    ]
    return merge(documents, findings)


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    # Nothing that is made here is garbage, yet each 700 new values set off a search through them.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
