"""Short ways to write references and to look at what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appcreds_sync.model.desired import Resolved
from appcreds_sync.model.errors import Problem
from appcreds_sync.model.manifest import VaultSettings
from appcreds_sync.model.mark import Mark
from appcreds_sync.model.reference import ReferenceText, VaultReference, parse_reference
from appcreds_sync.secrets.reader import SecretReader

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = Mark("appcreds.yaml", 4, 9)


def vault_reference(text: str) -> VaultReference:
    found = parse_reference(text, Path("/"))
    assert isinstance(found, VaultReference)
    return found


def reference_text(text: str) -> ReferenceText:
    return ReferenceText(text, "url", MARK, Path("/"), Path("/"))


def revealed(reading: Resolved | Problem) -> str:
    assert isinstance(reading, Resolved), str(reading)
    return reading.value.reveal()


def problem(reading: Resolved | Problem) -> Problem:
    assert isinstance(reading, Problem), "it was read"
    return reading


def read_one(
    text: str, environ: Mapping[str, str], settings: VaultSettings | None = None
) -> Resolved | Problem:
    """Read one reference into Vault with a reader of its own."""
    reference = vault_reference(text)
    with SecretReader(settings or VaultSettings(), environ) as reader:
        return reader.read([reference]).values[reference]
