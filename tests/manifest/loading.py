"""How the tests of this room load a manifest from text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appcreds_sync import manifest
from appcreds_sync.model.catalogue import Integration
from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from appcreds_sync.manifest import LoadedManifest

CANARY = "canary-7f3a9c"
CATALOGUE = {
    row.domain: row
    for row in (
        Integration("google"),
        Integration("google_tasks"),
        Integration("netatmo"),
        Integration("overkiz", secret_required=False, built_in_credential=True),
        Integration("spotify"),
        Integration("withings", single_implementation=True),
    )
}
HEAD = "version: 1\nowner: home\n"
STORES = "stores:\n  house: {url: 'http://house:8123', token: env://HOUSE, labels: [pilot]}\n"
OTHER_STORE = "  cabin: {directory: ./cabin, labels: [remote]}\n"


def load(directory: Path, text: str | bytes) -> LoadedManifest:
    """Return what the manifest of this text is, written into `directory`."""
    path = directory / "appcreds.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return manifest.load(path, catalogue=CATALOGUE)


def problems(directory: Path, text: str | bytes) -> tuple[Problem, ...]:
    """Return what is wrong with the manifest of this text; at least one thing must be."""
    with pytest.raises(ManifestError) as caught:
        load(directory, text)
    assert CANARY not in str(caught.value)
    return caught.value.problems


def said(directory: Path, text: str | bytes) -> list[str]:
    """Return what is wrong as `line:column: what; hint`, without the file."""
    prefix = str(directory / "appcreds.yaml") + ":"
    return [str(problem).replace(prefix, "") for problem in problems(directory, text)]


def credential(lines: str) -> str:
    """Return a manifest of one store, and of one credential `spotify` on line 6 with `lines`."""
    return f"{HEAD}{STORES}credentials:\n  spotify: {lines}\n"
